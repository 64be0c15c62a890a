package dubbo

import (
	"encoding/binary"
	"errors"
	"unicode/utf16"
)

// Java 3.2 answers every status but OK in fastjson2, whatever the request was
// in: a length of four bytes and one string in JSONB. This file reads that
// string, and nothing else of fastjson2.
const (
	jsonbShortASCII = 0x49 // + length, up to 47
	jsonbASCII      = 0x79 // length, bytes
	jsonbUTF8       = 0x7a
	jsonbUTF16      = 0x7b // like UTF16BE without a mark
	jsonbUTF16LE    = 0x7c
	jsonbUTF16BE    = 0x7d
)

var errJSONB = errors.New("dubbo: not a fastjson2 string")

// decodeJSONBText reads the body of an error in fastjson2.
func decodeJSONBText(body []byte) (string, error) {
	if len(body) < 5 {
		return "", errJSONB
	}
	n := binary.BigEndian.Uint32(body)
	if uint64(n) > uint64(len(body)-4) {
		return "", errJSONB
	}
	b := body[4 : 4+n]
	if len(b) == 0 {
		return "", errJSONB
	}
	kind := b[0]
	if jsonbShortASCII <= kind && kind <= jsonbShortASCII+47 {
		size := int(kind - jsonbShortASCII)
		if len(b)-1 < size {
			return "", errJSONB
		}
		return string(b[1 : 1+size]), nil
	}
	if kind < jsonbASCII || kind > jsonbUTF16BE {
		return "", errJSONB
	}
	size, head := jsonbInt(b[1:])
	if head == 0 || size < 0 || size > len(b)-1-head {
		return "", errJSONB
	}
	b = b[1+head : 1+head+size]
	switch kind {
	case jsonbASCII, jsonbUTF8:
		return string(b), nil
	case jsonbUTF16LE:
		return utf16Text(b, binary.LittleEndian), nil
	}
	return utf16Text(b, binary.BigEndian), nil
}

// jsonbInt reads an int and returns its size, 0 if there is none.
func jsonbInt(b []byte) (v, size int) {
	if len(b) == 0 {
		return 0, 0
	}
	switch c := b[0]; {
	case c >= 0xf0 || c <= 0x2f:
		return int(int8(c)), 1
	case 0x30 <= c && c <= 0x3f && len(b) >= 2:
		return (int(c)-0x38)<<8 | int(b[1]), 2
	case 0x40 <= c && c <= 0x47 && len(b) >= 3:
		return (int(c)-0x44)<<16 | int(b[1])<<8 | int(b[2]), 3
	case c == 0x48 && len(b) >= 5:
		return int(int32(binary.BigEndian.Uint32(b[1:]))), 5
	}
	return 0, 0
}

func utf16Text(b []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}
