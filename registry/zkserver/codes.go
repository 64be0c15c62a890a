package zkserver

// The operations, as a request header names them.
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
	opCheck             = 13
	opMulti             = 14
	opCreate2           = 15
	opReconfig          = 16
	opCheckWatches      = 17
	opRemoveWatches     = 18
	opCreateContainer   = 19
	opDeleteContainer   = 20 // the server's own; refused from clients
	opCreateTTL         = 21
	opMultiRead         = 22
	opAuth              = 100
	opSetWatches        = 101
	opSASL              = 102
	opGetEphemerals     = 103
	opAllChildrenNumber = 104
	opSetWatches2       = 105
	opAddWatch          = 106
	opWhoAmI            = 107
	opCreateSession     = -10 // the handshake, in four-letter words
	opCloseSession      = -11
	opError             = -1 // in the framing of multi
)

// code is the err field of a reply header.
type code int32

const (
	codeOK                  code = 0
	codeInconsistency       code = -2 // an entry of a multi after the one that failed
	codeMarshalling         code = -5
	codeUnimplemented       code = -6
	codeBadArguments        code = -8
	codeNoNode              code = -101
	codeNoAuth              code = -102
	codeBadVersion          code = -103
	codeEphemeralNoChildren code = -108
	codeNodeExists          code = -110
	codeNotEmpty            code = -111
	codeSessionExpired      code = -112
	codeInvalidACL          code = -114
	codeAuthFailed          code = -115
	codeNoWatcher           code = -121
	codeReconfigDisabled    code = -123
	codeQuotaExceeded       code = -125
)

// The kinds of a watch event.
const (
	eventCreated         = 1
	eventDeleted         = 2
	eventDataChanged     = 3
	eventChildrenChanged = 4
)

// Header xids that are not a request's own.
const (
	xidEvent = -1
	xidPing  = -2
)

// The flags of a create.
const (
	flagPersistent    = 0
	flagEphemeral     = 1
	flagSequential    = 2
	flagEphemeralSeq  = 3
	flagContainer     = 4
	flagTTL           = 5
	flagTTLSequential = 6
)

// containerOwner is the ephemeralOwner that marks a container.
const containerOwner int64 = -1 << 63

// The ephemeralOwner of a TTL node is ttlOwner and its milliseconds. No session
// id begins so while there are TTL nodes.
const (
	ttlOwner int64 = -1 << 56
	maxTTL         = 1<<40 - 1
)

// ttlOf is the time to live that an owner stands for, 0 for others.
func ttlOf(owner int64) int64 {
	if owner&ttlOwner != ttlOwner {
		return 0
	}
	return owner & maxTTL
}

// ofSession reports whether owner is a session, whose end takes the node along.
func ofSession(owner int64) bool { return owner != 0 && owner != containerOwner && ttlOf(owner) == 0 }

// opNames are the operations as four-letter words call them.
var opNames = map[int32]string{
	opCreate: "CREA", opCreate2: "CREA", opCreateContainer: "CREA", opCreateTTL: "CREA", opDelete: "DELE", opExists: "EXIS",
	opGetData: "GETD", opSetData: "SETD", opGetACL: "GETA", opSetACL: "SETA", opGetChildren: "GETC", opGetChildren2: "GETC",
	opSync: "SYNC", opPing: "PING", opCheck: "CHEC", opMulti: "MULT", opMultiRead: "MLTR", opReconfig: "RECO",
	opCheckWatches: "CHKW", opRemoveWatches: "REMW", opSetWatches: "SETW", opSetWatches2: "STW2", opAddWatch: "ADDW",
	opGetEphemerals: "GETE", opAllChildrenNumber: "GETACN", opWhoAmI: "HOMI", opCreateSession: "SESS", opCloseSession: "CLOS",
	opError: "NA", // none yet, or a write that failed
}
