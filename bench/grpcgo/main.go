// Command grpcgo is the bench's peer that calls with grpc-go.
package main

import (
	"context"
	"net"
	"time"

	"github.com/gubbo/gubbo/bench/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const grpcMethod = "/bench.Echo/Echo"

func serve(ready func(string), stop <-chan struct{}) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv := grpc.NewServer()
	srv.RegisterService(&grpc.ServiceDesc{
		ServiceName: "bench.Echo", HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{{MethodName: "Echo", Handler: func(_ any, ctx context.Context, dec func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			in := new(wrapperspb.StringValue)
			if err := dec(in); err != nil {
				return nil, err
			}
			return wrapperspb.String(in.Value), nil
		}}},
	}, struct{}{})
	ready(ln.Addr().String())
	go func() { <-stop; srv.Stop() }()
	return srv.Serve(ln)
}

func dial(address string, _ int) (func(int, string) (string, error), error) {
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, err
	}
	return func(_ int, s string) (string, error) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		out := new(wrapperspb.StringValue)
		err := conn.Invoke(ctx, grpcMethod, wrapperspb.String(s), out)
		return out.Value, err
	}, nil
}

func main() { peer.Main(serve, dial) }
