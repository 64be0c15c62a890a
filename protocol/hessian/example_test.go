package hessian_test

import (
	"fmt"
	"log"

	"github.com/gubbo/gubbo/protocol/hessian"
)

func Example() {
	var e hessian.Encoder
	e.String("héllo")
	e.Int(300)
	e.List("", 2)
	e.Bool(true)
	e.Null()
	if e.Err() != nil {
		log.Fatal(e.Err())
	}
	fmt.Printf("%x\n", e.Bytes())

	var d hessian.Decoder
	d.Reset(e.Bytes(), nil)
	fmt.Println(d.String(), d.Int(), d.Any(), d.Err())
	// Output:
	// 0568c3a96c6c6fc92c7a544e
	// héllo 300 [true <nil>] <nil>
}

func ExampleCodec() {
	type Address struct {
		_    hessian.Class `java:"com.example.Address"`
		City string
	}
	type User struct {
		_     hessian.Class `java:"com.example.User"`
		ID    int64
		Email string `java:"mail"`
		Age   *int32 // Integer: nil is null
		Homes []*Address
	}
	codec, err := hessian.NewCodec(User{})
	if err != nil {
		log.Fatal(err)
	}
	data, err := codec.Marshal(&User{ID: 42, Email: "a@example.com", Homes: []*Address{{City: "Paris"}}})
	if err != nil {
		log.Fatal(err)
	}
	var u *User
	if err := codec.Unmarshal(data, &u); err != nil {
		log.Fatal(err)
	}
	fmt.Println(u.ID, u.Email, u.Age, u.Homes[0].City)
	// Output: 42 a@example.com <nil> Paris
}

// A value of a class that nobody declared keeps its fields, and its way back.
func ExampleDecoder_Any() {
	var e hessian.Encoder
	e.Any(&hessian.Object{Class: "com.example.Point", Fields: []hessian.Field{{Name: "x", Value: int32(3)}, {Name: "y", Value: int32(4)}}})

	d := hessian.NewDecoder(e.Bytes(), nil)
	point := d.Any().(*hessian.Object)
	fmt.Println(point.Class, point.Get("x"), point.Get("y"))
	// Output: com.example.Point 3 4
}

func ExampleException() {
	var e hessian.Encoder
	e.Exception(&hessian.Exception{Class: "java.lang.IllegalStateException", Message: "closed"})

	err := hessian.NewDecoder(e.Bytes(), nil).Exception()
	fmt.Println(err)
	// Output: java.lang.IllegalStateException: closed
}
