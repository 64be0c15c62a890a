package hessian

import (
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"time"
)

// What stands in the fields of the JDK's classes, as hessian-lite reads them. A
// field that is not named here may hold anything.
var (
	intContent    = &content{item: intItem}
	longContent   = &content{item: longItem}
	textContent   = &content{item: stringItem}
	nameContent   = &content{item: nameItem}
	dateContent   = &content{item: dateItem}
	classContent  = orLike[*Object](classClass.Name)
	causeContent  = &content{item: objectItem, object: "a throwable", fits: func(any) bool { return true }}
	dayContent    = oneOf[LocalDate](localDateClass.Name)
	timeContent   = oneOf[LocalTime](localTimeClass.Name)
	momentContent = oneOf[LocalDateTime](localDateTimeClass.Name)
	offsetContent = orLike[ZoneOffset](zoneOffsetClass.Name)

	throwableContent = map[string]*content{
		fieldSuppressed: {item: listItem, list: arrayList},
		fieldStack:      {item: listItem, list: stackTraceClass},
		fieldCause:      causeContent,
		fieldMessage:    textContent,
	}

	enumContent = map[string]*content{"name": nameContent}

	jdkContents = map[string]map[string]*content{
		bigDecimalClass.Name: {"value": textContent},
		bigIntegerClass.Name: {
			"signum": intContent, "mag": {item: listItem, list: "[int"},
			"bitCount": intContent, "bitLength": intContent, "lowestSetBit": intContent, "firstNonzeroIntNum": intContent,
			"bitCountPlusOne": intContent, "bitLengthPlusOne": intContent, "lowestSetBitPlusTwo": intContent, "firstNonzeroIntNumPlusTwo": intContent,
		},
		uuidClass.Name:      {"value": textContent},
		localeClass.Name:    {"value": textContent},
		currencyClass.Name:  {"currencyCode": nameContent},
		calendarClass.Name:  {"date": dateContent, "type": classContent},
		classClass.Name:     {"name": nameContent},
		bitSetClass.Name:    {"words": {item: listItem, list: "[long"}},
		sqlDateClass.Name:   {"value": dateContent},
		sqlTimeClass.Name:   {"value": dateContent},
		timestampClass.Name: {"value": dateContent},

		localDateClass.Name:      {"day": intContent, "month": intContent, "year": intContent},
		localTimeClass.Name:      {"nano": intContent, "second": intContent, "minute": intContent, "hour": intContent},
		localDateTimeClass.Name:  {"date": dayContent, "time": timeContent},
		instantClass.Name:        {"nanos": intContent, "seconds": longContent},
		durationClass.Name:       {"nanos": intContent, "seconds": longContent},
		periodClass.Name:         {"days": intContent, "months": intContent, "years": intContent},
		yearClass.Name:           {"year": intContent},
		yearMonthClass.Name:      {"month": intContent, "year": intContent},
		monthDayClass.Name:       {"day": intContent, "month": intContent},
		zoneIDClass.Name:         {"zoneId": textContent},
		zoneOffsetClass.Name:     {"seconds": intContent},
		offsetDateTimeClass.Name: {"dateTime": momentContent, "offset": offsetContent},
		offsetTimeClass.Name:     {"localTime": timeContent, "zoneOffset": offsetContent},
		zonedDateTimeClass.Name:  {"dateTime": momentContent, "offset": offsetContent, "zoneId": textContent},

		"java.util.concurrent.atomic.AtomicInteger": {"value": intContent},
		"java.util.concurrent.atomic.AtomicLong":    {"value": longContent},
		"java.util.concurrent.atomic.AtomicBoolean": {"value": intContent},
		"java.util.concurrent.TimeUnit":             enumContent,
		"java.time.DayOfWeek":                       enumContent,
		"java.time.Month":                           enumContent,
		"java.lang.StringBuilder":                   {"count": intContent, "coder": {item: byteItem}}, // value was char[] once
		"java.lang.StringBuffer":                    {"count": intContent, "coder": {item: byteItem}},
		"java.net.URI":                              {"string": textContent},
		"java.net.URL": {
			"protocol": textContent, "host": textContent, "port": intContent, "file": textContent, "authority": textContent, "ref": textContent,
			"hashCode": intContent,
		},
		handles + "EnumSetHandler": {"objects": {item: listItem, list: "[object"}, "type": classContent},
		"sun.util.calendar.ZoneInfo": {
			"ID": textContent, "checksum": intContent, "dstSavings": intContent, "rawOffset": intContent, "rawOffsetDiff": intContent,
			"willGMTOffsetChange": {item: boolItem}, "offsets": {item: listItem, list: "[int"}, "transitions": {item: listItem, list: "[long"},
			"simpleTimeZoneParams": {item: listItem, list: "[int"},
		},
		stackElementClass: {
			"declaringClass": textContent, "methodName": textContent, "fileName": textContent, "lineNumber": intContent, "format": {item: byteItem},
			"moduleName": textContent, "moduleVersion": textContent, "classLoaderName": textContent,
		},
	}
)

const stackElementClass = "java.lang.StackTraceElement"

// oneOf is for values of one class, which Any makes a T of, or an *Object if
// they are none that Java's class could have.
func oneOf[T any](class string) *content {
	return &content{item: objectItem, object: class, fits: func(v any) bool {
		if o, ok := v.(*Object); ok {
			return o.Class == class
		}
		_, ok := v.(T)
		return ok
	}}
}

// orLike is oneOf where Java also reads an object of a class that it does not
// know, as if it were of this one.
func orLike[T any](class string) *content {
	return &content{item: objectItem, object: class, like: true, fits: func(v any) bool {
		if o, ok := v.(*Object); ok {
			return refusal(&Object{class, o.Fields}) == ""
		}
		_, ok := v.(T)
		return ok
	}}
}

// jdkContent is contentOf for the JDK's classes.
func jdkContent(class string) content {
	switch class {
	case bigDecimalClass.Name:
		return *orLike[BigDecimal](class)
	case bigIntegerClass.Name:
		return *orLike[*big.Int](class)
	case uuidClass.Name:
		return *orLike[UUID](class)
	case classClass.Name:
		return *orLike[*Object](class)
	case stackElementClass:
		return *orLike[*Exception](class)
	}
	return content{}
}

// jdkFields are what the fields of a class of the JDK may hold, nil for others.
func jdkFields(class string) map[string]*content {
	if fields := jdkContents[class]; fields != nil || !isJDKThrowable(class) {
		return fields
	}
	return throwableContent
}

// isJDKList and isJDKMap tell whether the class is a common one of the JDK's, as
// which Java reads nothing else.
func isJDKList(class string) bool {
	switch strings.TrimPrefix(class, "java.util.") {
	case "ArrayList", "LinkedList", "Vector", "Stack", "ArrayDeque", "PriorityQueue", "HashSet", "LinkedHashSet", "TreeSet", "Arrays$ArrayList",
		"concurrent.CopyOnWriteArrayList", "Collections$EmptyList", "Collections$SingletonList", "Collections$UnmodifiableList",
		"Collections$UnmodifiableRandomAccessList", "Collections$EmptySet", "Collections$SingletonSet", "Collections$UnmodifiableSet":
		return true
	}
	return strings.HasPrefix(class, "[")
}

func isJDKMap(class string) bool {
	switch strings.TrimPrefix(class, "java.util.") {
	case "HashMap", "LinkedHashMap", "TreeMap", "Hashtable", "IdentityHashMap", "Properties", "EnumMap", "concurrent.ConcurrentHashMap",
		"Collections$EmptyMap", "Collections$SingletonMap", "Collections$UnmodifiableMap":
		return true
	}
	return false
}

// isJDKThrowable tells whether the class is one of the JDK's common exceptions,
// whose contents Java checks everywhere.
func isJDKThrowable(class string) bool {
	switch strings.TrimPrefix(class, "java.lang.") {
	case "Throwable", "Exception", "Error", "RuntimeException", "ArithmeticException", "ArrayIndexOutOfBoundsException", "ArrayStoreException",
		"AssertionError", "ClassCastException", "ClassNotFoundException", "CloneNotSupportedException", "IllegalAccessException",
		"IllegalArgumentException", "IllegalMonitorStateException", "IllegalStateException", "IndexOutOfBoundsException", "InterruptedException",
		"LinkageError", "NegativeArraySizeException", "NoClassDefFoundError", "NoSuchFieldException", "NoSuchMethodException",
		"NullPointerException", "NumberFormatException", "OutOfMemoryError", "SecurityException", "StackOverflowError",
		"UnsupportedOperationException",
		"java.io.EOFException", "java.io.FileNotFoundException", "java.io.IOException", "java.io.UncheckedIOException",
		"java.net.ConnectException", "java.net.SocketException", "java.net.SocketTimeoutException", "java.net.UnknownHostException",
		"java.sql.SQLException", "java.util.ConcurrentModificationException", "java.util.NoSuchElementException",
		"java.util.concurrent.ExecutionException", "java.util.concurrent.TimeoutException":
		return true
	}
	return false
}

// contents are what the fields of an object may hold; none and nil are for
// anything.
func (d *Decoder) contents(class string, names []string) []*content {
	fields := jdkFields(class)
	if fields == nil || !d.charge(8*len(names)) {
		return nil
	}
	all := make([]*content, len(names))
	for i, name := range names {
		all[i] = fields[name]
	}
	return all
}

// refusal tells why Java's class cannot have these fields, though each is of the
// right kind; "" if it can.
func refusal(o *Object) string {
	if isJDKList(o.Class) {
		return "found an object, want " + o.Class
	}
	field, ok := "value", true
	switch o.Class {
	case bigDecimalClass.Name:
		text, _ := o.Get(field).(string)
		if _, _, ok := BigDecimal(text).split(); !ok {
			return fmt.Sprintf("%.40q is no %s", text, o.Class)
		}
	case uuidClass.Name:
		if len(o.Fields) != 1 { // two longs of Caucho's
			return ""
		}
		text, is := o.Fields[0].Value.(string) // whatever its name
		if !is {
			return "a " + o.Class + " without its text"
		}
		if _, err := javaUUID(text); err != nil {
			return err.Error()
		}
	case sqlDateClass.Name, sqlTimeClass.Name, timestampClass.Name:
		_, ok = o.Get(field).(time.Time)
	case calendarClass.Name:
		field = "date"
		ok = o.Get(field) != nil
	case classClass.Name:
		field = "name"
		ok = o.Get(field) != nil
	case "java.util.concurrent.TimeUnit":
		return noConstant(o, "NANOSECONDS MICROSECONDS MILLISECONDS SECONDS MINUTES HOURS DAYS")
	case "java.time.DayOfWeek":
		return noConstant(o, "MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY")
	case "java.time.Month":
		return noConstant(o, "JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER")
	case currencyClass.Name:
		field = "currencyCode"
		ok = o.Get(field) != nil
	}
	if !ok {
		return fmt.Sprintf("a %s without %q", o.Class, field)
	}
	return ""
}

// noConstant is the refusal of an enum with these constants.
func noConstant(o *Object, constants string) string {
	name, _ := o.Get("name").(string)
	if slices.Contains(strings.Fields(constants), name) {
		return ""
	}
	return fmt.Sprintf("%.40q is no %s", name, o.Class)
}

// unsorted tells whether Java could not sort the items or keys of a class that
// does: they must have an order, and be of one class unless that is none of
// Java's own.
func unsorted(class string, n int, item func(int) any) bool {
	switch class {
	case "java.util.TreeSet", "java.util.TreeMap":
	default:
		return false
	}
	for i := range n {
		v := item(i)
		switch v.(type) {
		case nil, []byte, map[string]any, *Map, *Exception:
			return true
		}
		if _, list := listClass(v); list {
			return true
		}
		if reflect.TypeOf(v) != reflect.TypeOf(item(0)) && (isPlain(v) || isPlain(item(0))) {
			return true
		}
	}
	return false
}

// isPlain tells whether v is a string, number or boolean.
func isPlain(v any) bool {
	switch v.(type) {
	case string, bool, int32, int64, float64:
		return true
	}
	return false
}
