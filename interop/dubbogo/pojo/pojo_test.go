package pojo

import (
	"reflect"
	"testing"
	"time"

	hessian2 "github.com/apache/dubbo-go-hessian2"

	"github.com/gubbo/gubbo/protocol/hessian"
)

// The structs of this file travel through gubbo's Codec as they are, and
// dubbo-go-hessian2 and gubbo read what the other wrote.
func TestStructsTravelUnchanged(t *testing.T) {
	Register()
	codec, err := hessian.NewCodec(User{}, NotFound{})
	if err != nil {
		t.Fatal(err)
	}
	ada := &User{
		ID: 42, Name: "Ada é漢😀", Age: new(int32(36)), Score: 12.345, Active: true, Level: new(High),
		Tags: []string{"math", "", "engine"}, Counts: map[string]int32{"notes": 7}, Born: time.UnixMilli(1730000000123).UTC(),
	}
	for _, u := range []*User{ada, {ID: -1, Name: "bob", Friend: ada}} {
		data, err := codec.Marshal(u)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := hessian2.NewDecoder(data).Decode()
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := theirs.(*User); !ok || !reflect.DeepEqual(utc(got), u) {
			t.Errorf("dubbo-go-hessian2 reads %+v, want %+v", theirs, u)
		}
		e := hessian2.NewEncoder()
		if err := e.Encode(u); err != nil {
			t.Fatal(err)
		}
		var ours *User
		if err := codec.Unmarshal(e.Buffer(), &ours); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(ours, u) {
			t.Errorf("gubbo reads %+v, want %+v", ours, u)
		}
	}
}

func utc(u *User) *User {
	for v := u; v != nil; v = v.Friend {
		if !v.Born.IsZero() {
			v.Born = v.Born.UTC()
		}
	}
	return u
}
