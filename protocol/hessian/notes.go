package hessian

// Where this package and Java's hessian-lite differ on purpose:
//
//   - A null for a primitive (Bool, Int, Long, Double) is an error; Java reads
//     0. A number that does not fit is an error; Java cuts it off.
//   - A Go string is UTF-8: what is not valid in it is written as U+FFFD. Half
//     a surrogate pair from Java keeps its three bytes and is written back.
//   - Variable-length lists are read everywhere; hessian-lite cannot read them
//     into a List. They are never written.
//   - 4-byte UTF-8 is refused like in Java, which counts UTF-16 units.
//   - A list of a negative length is empty, and an error if its type is an
//     array's. Java goes by the declared type, if there is one.
//   - A field of the wire that the Go type lacks is skipped, a field that the
//     wire lacks stays zero, as in Java.
//   - A date is a time.Time in UTC with milliseconds; the zero Time is null.
//   - Objects keep their identity: one Java object is one Go pointer. Lists
//     and maps that Java shares arrive as copies in typed code.
