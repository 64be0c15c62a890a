package zookeepertest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
)

// freePorts returns n different ports on which nobody listens. They lie below
// the range from which the kernel takes the local ports of connections: a
// stopped server must find its port free again, and a client that dials the
// port of a stopped server must not meet itself.
func freePorts(n int) ([]int, error) {
	low := 32768
	if text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		_, _ = fmt.Sscan(string(text), &low)
	}
	if low < 12000 {
		low = 32768
	}
	const first = 10000
	var ports []int
	for range 1000 {
		if len(ports) == n {
			return ports, nil
		}
		p := first + rand.IntN(low-first)
		taken := false
		for _, q := range ports {
			taken = taken || p == q
		}
		if ln, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", p)); err == nil && !taken {
			ports = append(ports, p)
			_ = ln.Close()
		} else if err == nil {
			_ = ln.Close()
		}
	}
	return nil, fmt.Errorf("zookeepertest: no %d free ports between %d and %d", n, first, low)
}
