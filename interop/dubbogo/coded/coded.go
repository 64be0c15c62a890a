// Package coded has classes as a user of dubbo-go writes them, with the code
// that gubbo-gen writes for them as they are.
package coded

import (
	"strconv"
	"time"

	hessian "github.com/apache/dubbo-go-hessian2"
	"github.com/apache/dubbo-go-hessian2/java_exception"
)

//go:generate go run github.com/gubbo/gubbo/cmd/gubbo-gen .

const javaPackage = "lab.shop."

// Customer has fields with dubbo-go's names.
type Customer struct {
	ID        int64  // iD
	UserName  string `hessian:"user_name"`
	Age       *int32
	Tall      float64
	Sex       Sex
	Other     *Sex
	Nicknames map[string]string
	Since     time.Time
	Home      *Place
	Places    []*Place
	Secret    string `hessian:"-"`
	Friend    *Customer
}

// JavaClassName makes the struct a POJO.
func (*Customer) JavaClassName() string { return javaPackage + "Customer" }

// Place is a POJO by value.
type Place struct{ ZipCode, URL string }

// JavaClassName makes the struct a POJO.
func (Place) JavaClassName() string { return "lab.shop.Place" }

// Sex is an enum of dubbo-go.
type Sex hessian.JavaEnum

// The constants of Sex.
const (
	Man Sex = iota
	Woman
)

// JavaClassName makes the type an enum, with String and EnumValue.
func (Sex) JavaClassName() string { return "lab.shop.Sex" }

func (s Sex) String() string {
	switch s {
	case Man:
		return "MAN"
	case Woman:
		return "WOMAN"
	}
	return strconv.Itoa(int(s))
}

// EnumValue returns the constant of that name.
func (Sex) EnumValue(name string) hessian.JavaEnum {
	switch name {
	case "MAN":
		return hessian.JavaEnum(Man)
	case "WOMAN":
		return hessian.JavaEnum(Woman)
	}
	return hessian.InvalidJavaEnum
}

// Closed is an exception.
type Closed struct {
	SerialVersionUID     int64
	DetailMessage        string
	SuppressedExceptions []java_exception.Throwabler
	StackTrace           []java_exception.StackTraceElement
	Cause                java_exception.Throwabler
	Hour                 int32
}

func (e Closed) Error() string { return e.DetailMessage }

// JavaClassName names the exception.
func (Closed) JavaClassName() string { return "lab.shop.ClosedException" }

// GetStackTrace is what dubbo-go asks of an exception.
func (e Closed) GetStackTrace() []java_exception.StackTraceElement { return e.StackTrace }

// Register tells dubbo-go of the classes.
func Register() {
	hessian.RegisterPOJO(&Customer{})
	hessian.RegisterPOJO(&Place{})
	hessian.RegisterPOJO(&Closed{})
	hessian.RegisterJavaEnum(Man)
}
