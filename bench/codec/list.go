package main

import (
	"fmt"
	"strings"
	"time"

	hessian2 "github.com/apache/dubbo-go-hessian2"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/gubbo/gubbo/bench/codec/pb"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// shapes are the kinds of value that the vectors have.
func shapes() []shape {
	for _, p := range []hessian2.POJO{&User20{}, &Order{}, &Party{}, &Item{}} {
		hessian2.RegisterPOJO(p)
	}
	born := time.UnixMilli(894621091123).UTC()
	longs := make([]int64, 100)
	words := make([]string, 100)
	counts := make(map[string]int64)
	users := make([]*User20, 100)
	for i := range longs {
		longs[i] = int64(1) << (i % 60)
		words[i] = fmt.Sprint("word ", i)
		users[i] = newUser()
		if i < 20 {
			counts[words[i]] = longs[i]
		}
	}
	return []shape{
		basic("boolean", true, (*hessian.Encoder).Bool, (*hessian.Decoder).Bool, wrapperspb.Bool),
		basic("int", int32(100000), (*hessian.Encoder).Int, (*hessian.Decoder).Int, wrapperspb.Int32),
		basic("long", int64(1)<<40, (*hessian.Encoder).Long, (*hessian.Decoder).Long, wrapperspb.Int64),
		basic("double", 3.141592653589793, (*hessian.Encoder).Double, (*hessian.Decoder).Double, wrapperspb.Double),
		{"date", []codec{
			gubbo(func(e *hessian.Encoder) { e.Date(born) }, (*hessian.Decoder).Date),
			dubboGo(born, func(v any) any { return v.(time.Time).UTC() }), gobs(born),
			protobuf(timestamppb.New(born), func(m *timestamppb.Timestamp) any { return m.AsTime() }),
		}, born},
		basic("string 100 B", strings.Repeat("s", 100), (*hessian.Encoder).String, (*hessian.Decoder).String, wrapperspb.String),
		basic("string 100 漢", strings.Repeat("漢", 100), (*hessian.Encoder).String, (*hessian.Decoder).String, wrapperspb.String),
		basic("bytes 1 KiB", make([]byte, 1<<10), (*hessian.Encoder).Binary, (*hessian.Decoder).Binary, wrapperspb.Bytes),
		{"list of 100 longs", []codec{
			body(&shapesLongsReply{value: longs}, func(r *shapesLongsReply) []int64 { return r.value }), dubboGo(longs, same), gobs(longs),
			protobuf(&pb.Longs{Values: longs}, func(m *pb.Longs) any { return m.Values }),
		}, longs},
		{"list of 100 strings", []codec{
			body(&shapesStringsReply{value: words}, func(r *shapesStringsReply) []string { return r.value }), dubboGo(words, same), gobs(words),
			protobuf(&pb.Strings{Values: words}, func(m *pb.Strings) any { return m.Values }),
		}, words},
		{"map of 20", []codec{
			body(&shapesCountsReply{value: counts}, func(r *shapesCountsReply) map[string]int64 { return r.value }),
			dubboGo(counts, func(v any) any {
				m := make(map[string]int64)
				for k, n := range v.(map[any]any) {
					m[k.(string)] = n.(int64)
				}
				return m
			}), gobs(counts),
			protobuf(&pb.Counts{Values: counts}, func(m *pb.Counts) any { return m.Values }),
		}, counts},
		{"struct of 20 fields", []codec{
			body(&shapesUserReply{value: newUser()}, func(r *shapesUserReply) *User20 { return r.value }), dubboGo(newUser(), same), gobs(newUser()),
			protobuf(message(newUser()), func(m *pb.User20) any { return user(m) }),
		}, newUser()},
		{"struct with structs", []codec{
			body(&shapesOrderReply{value: newOrder()}, func(r *shapesOrderReply) *Order { return r.value }), dubboGo(newOrder(), same), gobs(newOrder()),
			protobuf(orderMessage(newOrder()), func(m *pb.Order) any { return order(m) }),
		}, newOrder()},
		{"list of 100 structs", []codec{
			body(&shapesUsersReply{value: users}, func(r *shapesUsersReply) []*User20 { return r.value }), dubboGo(users, same), gobs(users),
			protobuf(messages(users), func(m *pb.Users) any {
				var list []*User20
				for _, u := range m.Values {
					list = append(list, user(u))
				}
				return list
			}),
		}, users},
	}
}

func same(v any) any { return v }

// basic is the shape of a value that needs no class.
func basic[T any, M interface {
	proto.Message
	GetValue() T
}](name string, v T, write func(*hessian.Encoder, T), read func(*hessian.Decoder) T, wrap func(T) M) shape {
	return shape{name, []codec{
		gubbo(func(e *hessian.Encoder) { write(e, v) }, read), dubboGo(v, same), gobs(v),
		protobuf(wrap(v), func(m M) any { return m.GetValue() }),
	}, v}
}

// body is gubbo's codec of a generated reply.
func body[R hessian.Body, T any](r R, value func(R) T) codec {
	return gubbo(r.EncodeHessian, func(d *hessian.Decoder) T {
		r.DecodeHessian(d)
		return value(r)
	})
}

func message(u *User20) *pb.User20 {
	return &pb.User20{
		S0: u.S0, S1: u.S1, S2: u.S2, S3: u.S3, S4: u.S4, S5: u.S5, S6: u.S6, S7: u.S7,
		L0: u.L0, L1: u.L1, L2: u.L2, L3: u.L3, I0: u.I0, I1: u.I1, I2: u.I2, I3: u.I3,
		D0: u.D0, D1: u.D1, B0: u.B0, B1: u.B1,
	}
}

func messages(users []*User20) *pb.Users {
	list := new(pb.Users)
	for _, u := range users {
		list.Values = append(list.Values, message(u))
	}
	return list
}

func user(m *pb.User20) *User20 {
	return &User20{
		S0: m.S0, S1: m.S1, S2: m.S2, S3: m.S3, S4: m.S4, S5: m.S5, S6: m.S6, S7: m.S7,
		L0: m.L0, L1: m.L1, L2: m.L2, L3: m.L3, I0: m.I0, I1: m.I1, I2: m.I2, I3: m.I3,
		D0: m.D0, D1: m.D1, B0: m.B0, B1: m.B1,
	}
}

func orderMessage(o *Order) *pb.Order {
	m := &pb.Order{Number: o.Number, Buyer: &pb.Party{Name: o.Buyer.Name, Email: o.Buyer.Email}, Labels: o.Labels}
	for _, i := range o.Items {
		m.Items = append(m.Items, &pb.Item{Name: i.Name, Count: i.Count, Price: i.Price})
	}
	return m
}

func order(m *pb.Order) *Order {
	o := &Order{Number: m.Number, Buyer: &Party{Name: m.Buyer.GetName(), Email: m.Buyer.GetEmail()}, Labels: m.Labels}
	for _, i := range m.Items {
		o.Items = append(o.Items, &Item{Name: i.Name, Count: i.Count, Price: i.Price})
	}
	return o
}
