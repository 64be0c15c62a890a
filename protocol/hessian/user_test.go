package hessian

import (
	"time"
)

// user is written by hand exactly as gubbo-gen writes it; plainUser is its twin
// for the Codec.
type user struct {
	ID       int64
	Name     string
	Email    string
	Active   bool
	Age      int32
	Score    float64
	Level    level
	Born     time.Time
	Rank     *int32
	Tags     []string
	Home     *address
	Extra    map[string]string
	Counts   []int64
	Friends  []*user
	Any      any
	Photo    []byte
	Balance  int64
	City     string
	Visits   int32
	Verified bool
}

type level string

func (level) JavaEnum() string { return "com.example.Level" }

func (l level) EncodeHessian(e *Encoder) { e.Enum(&levelClass, string(l)) }

var levelClass = ClassDesc{Name: "com.example.Level", Enum: func(name string) any { return level(name) }}

type address struct {
	Street string
	City   string
	Zip    int32
}

var addressClass = ClassDesc{
	Name:   "com.example.Address",
	Fields: []string{"street", "city", "zip"},
	New:    func() any { return new(address) },
}

func (x *address) EncodeHessian(e *Encoder) {
	if x == nil {
		e.Null()
		return
	}
	if e.Ref(x) || !e.Enter() {
		return
	}
	e.Object(&addressClass)
	e.String(x.Street)
	e.String(x.City)
	e.Int(x.Zip)
	e.Leave()
}

func (x *address) DecodeHessianField(d *Decoder, field int) {
	switch field {
	case 0:
		x.Street = d.String()
	case 1:
		x.City = d.String()
	case 2:
		x.Zip = d.Int()
	}
}

var userClass = ClassDesc{
	Name: "com.example.User",
	Fields: []string{"id", "name", "email", "active", "age", "score", "level", "born", "rank", "tags",
		"home", "extra", "counts", "friends", "any", "photo", "balance", "city", "visits", "verified"},
	New: func() any { return new(user) },
}

func (x *user) EncodeHessian(e *Encoder) {
	if x == nil {
		e.Null()
		return
	}
	if e.Ref(x) || !e.Enter() {
		return
	}
	e.Object(&userClass)
	e.Long(x.ID)
	e.String(x.Name)
	e.String(x.Email)
	e.Bool(x.Active)
	e.Int(x.Age)
	e.Double(x.Score)
	x.Level.EncodeHessian(e)
	e.Date(x.Born)
	if x.Rank == nil {
		e.Null()
	} else {
		e.Int(*x.Rank)
	}
	if x.Tags == nil {
		e.Null()
	} else {
		e.List("", len(x.Tags))
		for _, v := range x.Tags {
			e.String(v)
		}
	}
	x.Home.EncodeHessian(e)
	if x.Extra == nil {
		e.Null()
	} else {
		e.Map("")
		for k, v := range x.Extra {
			e.String(k)
			e.String(v)
		}
		e.MapEnd()
	}
	if x.Counts == nil {
		e.Null()
	} else {
		e.List("", len(x.Counts))
		for _, v := range x.Counts {
			e.Long(v)
		}
	}
	if x.Friends == nil {
		e.Null()
	} else {
		e.List("", len(x.Friends))
		for _, v := range x.Friends {
			v.EncodeHessian(e)
		}
	}
	e.Any(x.Any)
	e.Binary(x.Photo)
	e.Long(x.Balance)
	e.String(x.City)
	e.Int(x.Visits)
	e.Bool(x.Verified)
	e.Leave()
}

func (x *user) DecodeHessianField(d *Decoder, field int) {
	switch field {
	case 0:
		x.ID = d.Long()
	case 1:
		x.Name = d.String()
	case 2:
		x.Email = d.String()
	case 3:
		x.Active = d.Bool()
	case 4:
		x.Age = d.Int()
	case 5:
		x.Score = d.Double()
	case 6:
		x.Level = level(d.Enum(&levelClass))
	case 7:
		x.Born = d.Date()
	case 8:
		if d.Null() {
			x.Rank = nil
		} else {
			v := d.Int()
			x.Rank = &v
		}
	case 9:
		if n, ok := d.List(); ok {
			x.Tags = MakeSlice[string](d, n)
			for i := 0; d.More(i, n); i++ {
				x.Tags = append(x.Tags, d.String())
			}
		}
	case 10:
		x.Home, _ = d.Object(&addressClass).(*address)
	case 11:
		if d.Map() {
			x.Extra = make(map[string]string)
			for d.MapMore() {
				k := d.String()
				x.Extra[k] = d.String()
			}
		}
	case 12:
		if n, ok := d.List(); ok {
			x.Counts = MakeSlice[int64](d, n)
			for i := 0; d.More(i, n); i++ {
				x.Counts = append(x.Counts, d.Long())
			}
		}
	case 13:
		if n, ok := d.List(); ok {
			x.Friends = MakeSlice[*user](d, n)
			for i := 0; d.More(i, n); i++ {
				v, _ := d.Object(&userClass).(*user)
				x.Friends = append(x.Friends, v)
			}
		}
	case 14:
		x.Any = d.Any()
	case 15:
		x.Photo = d.Binary()
	case 16:
		x.Balance = d.Long()
	case 17:
		x.City = d.String()
	case 18:
		x.Visits = d.Int()
	case 19:
		x.Verified = d.Bool()
	}
}

var userTypes = NewTypes(&userClass, &addressClass, &levelClass)

// plainUser is user for the Codec; its fields stand in the same order.
type plainUser struct {
	_        Class `java:"com.example.User"`
	ID       int64
	Name     string
	Email    string
	Active   bool
	Age      int32
	Score    float64
	Level    level
	Born     time.Time
	Rank     *int32
	Tags     []string
	Home     *plainAddress
	Extra    map[string]string
	Counts   []int64
	Friends  []*plainUser
	Any      any
	Photo    []byte
	Balance  int64
	City     string
	Visits   int32
	Verified bool
}

type plainAddress struct {
	_      Class `java:"com.example.Address"`
	Street string
	City   string
	Zip    int32
}
