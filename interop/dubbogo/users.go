package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gubbo/gubbo/interop/dubbogo/pojo"
)

// The users that all sides know by heart; Users.java has the same.
const (
	adaID    = 42
	nobodyID = 1 << 40
)

// ada has every field set; her friend bob has her as his friend.
func ada() *pojo.User {
	u := &pojo.User{
		ID: adaID, Name: "Ada é漢😀", Age: new(int32(36)), Score: 12.345, Active: true, Level: new(pojo.High),
		Tags: []string{"math", "", "engine"}, Counts: map[string]int32{"notes": 7, "minus": -70000},
		Born: time.UnixMilli(1730000000123), Friend: bare(),
	}
	u.Friend.Friend = u
	return u
}

// bare has every field null or zero that may be so.
func bare() *pojo.User { return &pojo.User{ID: -1, Name: "bob"} }

func numbered(i int32) *pojo.User {
	return &pojo.User{
		ID: int64(i), Name: fmt.Sprint("user ", i), Age: &i, Score: float64(i) / 2, Active: i%2 == 1,
		Level: new(pojo.Level(i % 3)), Tags: []string{}, Counts: map[string]int32{}, Born: time.UnixMilli(int64(i) * 60000),
	}
}

// text is everything in the users; users are equal when their texts are.
func text(users ...*pojo.User) string {
	var b strings.Builder
	for _, u := range users {
		var seen []*pojo.User
		for u != nil {
			if i := slices.Index(seen, u); i >= 0 {
				fmt.Fprintf(&b, "again %d", i)
				break
			}
			seen = append(seen, u)
			age := "null"
			if u.Age != nil {
				age = fmt.Sprint(*u.Age)
			}
			level := "null"
			if u.Level != nil {
				level = u.Level.String()
			}
			fmt.Fprintf(&b, "{id=%d name=%s age=%s score=%v active=%v level=%s tags=%q counts=%v born=", u.ID, u.Name, age, u.Score, u.Active, level, u.Tags, u.Counts)
			if !u.Born.IsZero() {
				fmt.Fprint(&b, u.Born.UnixMilli())
			}
			b.WriteString("}->")
			u = u.Friend
		}
		b.WriteString(";")
	}
	return b.String()
}
