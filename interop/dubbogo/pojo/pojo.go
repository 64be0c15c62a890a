// Package pojo has the classes of lab.greet as a user of dubbo-go writes them.
// gubbo takes these structs as they are.
package pojo

import (
	"fmt"
	"time"

	hessian "github.com/apache/dubbo-go-hessian2"
	"github.com/apache/dubbo-go-hessian2/java_exception"
)

// User is lab.greet.User.
type User struct {
	ID     int64 `hessian:"id"`
	Name   string
	Age    *int32
	Score  float64
	Active bool
	Level  *Level
	Tags   []string
	Counts map[string]int32
	Born   time.Time
	Friend *User
}

// JavaClassName makes the struct a POJO.
func (*User) JavaClassName() string { return "lab.greet.User" }

// Level is the enum lab.greet.Level.
type Level hessian.JavaEnum

// The levels. dubbo-go has no value for null.
const (
	Low Level = iota
	Mid
	High
)

var (
	levelNames  = map[Level]string{Low: "LOW", Mid: "MID", High: "HIGH"}
	levelValues = map[string]Level{"LOW": Low, "MID": Mid, "HIGH": High}
)

// JavaClassName makes the type an enum, with String and EnumValue.
func (Level) JavaClassName() string { return "lab.greet.Level" }

func (l Level) String() string { return levelNames[l] }

// EnumValue returns the constant of that name.
func (Level) EnumValue(name string) hessian.JavaEnum {
	if l, ok := levelValues[name]; ok {
		return hessian.JavaEnum(l)
	}
	return hessian.InvalidJavaEnum
}

// NotFound is the checked exception lab.greet.NotFoundException.
type NotFound struct {
	SerialVersionUID     int64
	DetailMessage        string
	SuppressedExceptions []java_exception.Throwabler
	StackTrace           []java_exception.StackTraceElement
	Cause                java_exception.Throwabler
	ID                   int64 `hessian:"id"`
}

// NewNotFound returns the exception for a user's id.
func NewNotFound(id int64) *NotFound {
	return &NotFound{DetailMessage: fmt.Sprint("no user ", id), StackTrace: []java_exception.StackTraceElement{}, ID: id}
}

func (e NotFound) Error() string { return e.DetailMessage }

// JavaClassName names the exception.
func (NotFound) JavaClassName() string { return "lab.greet.NotFoundException" }

// GetStackTrace is what dubbo-go asks of an exception.
func (e NotFound) GetStackTrace() []java_exception.StackTraceElement { return e.StackTrace }

// Register tells dubbo-go of the classes.
func Register() {
	hessian.RegisterPOJO(&User{})
	hessian.RegisterPOJO(&NotFound{})
	hessian.RegisterJavaEnum(Low)
}
