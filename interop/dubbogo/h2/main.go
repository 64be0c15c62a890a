// Command h2 tells what dubbo-go-hessian2 reads and writes. Each line of input
// is the hexadecimal of bytes to read, answered by
//
//	VALUE TEXT     the first value, as package canon writes it
//	ERROR REASON   there is none
//	PANIC REASON
//
// or "random SEED", which is answered by VALUE and the hexadecimal of a random
// value as the library writes it. It may die of what it reads: of a stack that
// is too deep, or of memory, of which it takes no more than 2 GiB.
package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"

	hessian "github.com/apache/dubbo-go-hessian2"

	"github.com/gubbo/gubbo/interop/canon"
)

const memory = 2 << 30

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "h2:", err)
		os.Exit(1)
	}
}

func run() error {
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: memory, Max: memory}); err != nil {
		return err
	}
	info, _ := debug.ReadBuildInfo()
	for _, m := range info.Deps {
		if m.Path == "github.com/apache/dubbo-go-hessian2" {
			fmt.Printf("PEER\tdubbo-go-hessian2 %s,\n", m.Version)
		}
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		word, text := answer(lines.Text())
		fmt.Printf("%s\t%s\n", word, strings.Join(strings.Fields(text), " "))
	}
	return lines.Err()
}

func answer(line string) (word, text string) {
	defer func() {
		if r := recover(); r != nil {
			word, text = "PANIC", fmt.Sprint(r)
		}
	}()
	text, err := value(line)
	if err != nil {
		return "ERROR", err.Error()
	}
	return "VALUE", text
}

func value(line string) (string, error) {
	if seed, ok := strings.CutPrefix(line, "random "); ok {
		n, err := strconv.ParseUint(seed, 10, 64)
		if err != nil {
			return "", err
		}
		e := hessian.NewEncoder()
		err = e.Encode(canon.Random(rand.New(rand.NewPCG(n, 0)), 3))
		return hex.EncodeToString(e.Buffer()), err
	}
	data, err := hex.DecodeString(line)
	if err != nil {
		return "", err
	}
	v, err := hessian.NewDecoder(data).Decode()
	if err != nil {
		return "", err
	}
	return canon.Text(v, unwrap)
}

// unwrap takes the class's name out of the map that the library makes of an
// object whose class it does not know.
func unwrap(v any) any {
	r := reflect.ValueOf(v)
	if r.Kind() != reflect.Map {
		return v
	}
	var pairs canon.Pairs
	object := false
	for _, k := range r.MapKeys() {
		if k.Interface() == any("_class") {
			object = true
			continue
		}
		pairs = append(pairs, k.Interface(), r.MapIndex(k).Interface())
	}
	if !object {
		return v
	}
	return pairs
}
