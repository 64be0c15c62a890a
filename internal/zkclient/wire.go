package zkclient

import (
	"fmt"

	"github.com/gubbo/gubbo/internal/jute"
)

// Every packet is a 4-byte length and a body of jute records: big-endian
// numbers, strings and buffers behind an int length (-1 is null), vectors
// behind an int count.
//
//	hello   version int, last zxid long, timeout int, session long, password buffer, read-only bool
//	welcome version int, timeout int, session long, password buffer[, read-only bool]
//	request xid int, operation int, record of the operation
//	reply   xid int, zxid long, error int, record if the error is 0
const (
	opCreate            = 1
	opDelete            = 2
	opExists            = 3
	opGetData           = 4
	opSetData           = 5
	opGetACL            = 6
	opSetACL            = 7
	opGetChildren       = 8
	opSync              = 9
	opPing              = 11
	opGetChildren2      = 12
	opMulti             = 14
	opReconfig          = 16
	opRemoveWatches     = 18
	opCreateContainer   = 19
	opCreateTTL         = 21
	opAuth              = 100
	opSetWatches        = 101
	opGetEphemerals     = 103
	opAllChildrenNumber = 104
	opSetWatches2       = 105
	opAddWatch          = 106
	opWhoAmI            = 107
	opCloseSession      = -11

	xidEvent = -1
	xidPing  = -2
	xidAuth  = -4

	replyHeader = 16
)

// ServerError is a code that the server answered with.
type ServerError int32

// The codes that callers tell apart.
const (
	ErrBadArguments            ServerError = -8
	ErrNoNode                  ServerError = -101
	ErrNoAuth                  ServerError = -102
	ErrBadVersion              ServerError = -103
	ErrNoChildrenForEphemerals ServerError = -108
	ErrNodeExists              ServerError = -110
	ErrNotEmpty                ServerError = -111
	ErrSessionExpired          ServerError = -112
	ErrInvalidACL              ServerError = -114
	ErrAuthFailed              ServerError = -115
	ErrNoWatcher               ServerError = -121
)

// errInconsistent is what the parts of a transaction get that come after the
// one that failed.
const errInconsistent ServerError = -2

var codeTexts = map[ServerError]string{
	ErrBadArguments:            "bad arguments",
	ErrNoNode:                  "no such node",
	ErrNoAuth:                  "not authorized",
	ErrBadVersion:              "another version",
	ErrNoChildrenForEphemerals: "an ephemeral node cannot have children",
	ErrNodeExists:              "the node exists",
	ErrNotEmpty:                "the node has children",
	ErrSessionExpired:          "the session has expired",
	ErrInvalidACL:              "invalid ACL",
	ErrAuthFailed:              "login refused",
	ErrNoWatcher:               "no such watch",
}

// Error returns what the code means, with its number.
func (c ServerError) Error() string {
	text := codeTexts[c]
	if text == "" {
		text = "server error"
	}
	return fmt.Sprintf("zkclient: %s (%d)", text, int32(c))
}

// Stat is what is known of a node.
type Stat struct {
	Czxid, Mzxid int64
	Ctime, Mtime int64 // milliseconds since 1970
	// Version, Cversion and Aversion count changes of data, children and ACL.
	Version, Cversion, Aversion int32
	// EphemeralOwner is the session that an ephemeral node lives with; 0 for a
	// node that stays.
	EphemeralOwner          int64
	DataLength, NumChildren int32
	Pzxid                   int64
}

// ACL is one entry of a node's access list.
type ACL struct {
	// Perms is the sum of read 1, write 2, create 4, delete 8 and admin 16.
	Perms      int32
	Scheme, ID string
}

var (
	// Anyone may do everything: what an open tree uses.
	anyone = []ACL{{Perms: 31, Scheme: "world", ID: "anyone"}}
	// The creator alone: each identity that this connection logged in with.
	creator = []ACL{{Perms: 31, Scheme: "auth", ID: ""}}
)

func appendACLs(b []byte, acls []ACL) []byte {
	b = jute.AppendInt(b, int32(len(acls)))
	for _, a := range acls {
		b = jute.AppendString(jute.AppendString(jute.AppendInt(b, a.Perms), a.Scheme), a.ID)
	}
	return b
}

func readACLs(d *jute.Decoder) []ACL {
	var acls []ACL
	for range d.Count(12) {
		acls = append(acls, ACL{Perms: d.Int(), Scheme: d.String(), ID: d.String()})
	}
	return acls
}

func readStat(d *jute.Decoder) Stat {
	return Stat{
		Czxid: d.Long(), Mzxid: d.Long(), Ctime: d.Long(), Mtime: d.Long(),
		Version: d.Int(), Cversion: d.Int(), Aversion: d.Int(),
		EphemeralOwner: d.Long(), DataLength: d.Int(), NumChildren: d.Int(), Pzxid: d.Long(),
	}
}
