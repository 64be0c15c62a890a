package zk

import (
	"context"
	"errors"
	"fmt"

	"github.com/gubbo/gubbo/internal/zkclient"
)

// The codes that only this package tells apart.
const (
	errConnectionLoss zkclient.ServerError = -4
	errNotReadOnly    zkclient.ServerError = -119
	errQuotaExceeded  zkclient.ServerError = -125
)

// codeNames are what ZooKeeper's clients call the codes.
var codeNames = map[zkclient.ServerError]string{
	-1:                                  "SystemError",
	-2:                                  "RuntimeInconsistency",
	-3:                                  "DataInconsistency",
	errConnectionLoss:                   "ConnectionLoss",
	-5:                                  "MarshallingError",
	-6:                                  "Unimplemented",
	-7:                                  "OperationTimeout",
	zkclient.ErrBadArguments:            "BadArguments",
	-13:                                 "NewConfigNoQuorum",
	-14:                                 "ReconfigInProgress",
	-100:                                "APIError",
	zkclient.ErrNoNode:                  "NoNode",
	zkclient.ErrNoAuth:                  "NoAuth",
	zkclient.ErrBadVersion:              "BadVersion",
	zkclient.ErrNoChildrenForEphemerals: "NoChildrenForEphemerals",
	zkclient.ErrNodeExists:              "NodeExists",
	zkclient.ErrNotEmpty:                "Directory not empty",
	zkclient.ErrSessionExpired:          "Session expired",
	-113:                                "Invalid callback",
	zkclient.ErrInvalidACL:              "InvalidACL",
	zkclient.ErrAuthFailed:              "AuthFailed",
	-118:                                "Session moved",
	errNotReadOnly:                      "Not a read-only call",
	-120:                                "Ephemeral node on local session",
	zkclient.ErrNoWatcher:               "No such watcher",
	-123:                                "Reconfig is disabled",
	-124:                                "Session closed because client failed to authenticate",
	errQuotaExceeded:                    "Quota has exceeded",
	-127:                                "Op throttled due to high load",
}

// explained begin the line for some codes; the path ends it.
var explained = map[zkclient.ServerError]string{
	zkclient.ErrNoNode:                  "Node does not exist: ",
	zkclient.ErrNoChildrenForEphemerals: "Ephemerals cannot have children: ",
	zkclient.ErrNodeExists:              "Node already exists: ",
	zkclient.ErrNotEmpty:                "Node not empty: ",
	errNotReadOnly:                      "Not a read-only call: ",
	zkclient.ErrInvalidACL:              "Acl is not valid : ",
	zkclient.ErrNoAuth:                  "Insufficient permission : ",
	zkclient.ErrBadArguments:            "Arguments are not valid : ",
	zkclient.ErrBadVersion:              "version No is not valid : ",
	errQuotaExceeded:                    "Quota has exceeded : ",
}

// refusal is a request that came to nothing: a code, about a path or "", which
// zkCli calls null unless it is named so.
type refusal struct {
	code  zkclient.ServerError
	path  string
	named bool
}

// about ties an error of zkclient to the path that it is about.
func about(path string, err error) error {
	var code zkclient.ServerError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &code):
	case errors.Is(err, zkclient.ErrLost), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		code = errConnectionLoss
	default:
		return err
	}
	return &refusal{code: code, path: path}
}

// refused is the refusal in err, or nil.
func refused(err error) *refusal {
	var r *refusal
	if errors.As(err, &r) {
		return r
	}
	return nil
}

func isCode(err error, code zkclient.ServerError) bool {
	r := refused(err)
	return r != nil && r.code == code
}

// plain is what ZooKeeper's exceptions say.
func (r *refusal) plain() string {
	name := codeNames[r.code]
	if name == "" {
		name = fmt.Sprintf("Unknown error %d", int32(r.code))
	}
	if r.path == "" {
		return "KeeperErrorCode = " + name
	}
	return "KeeperErrorCode = " + name + " for " + r.path
}

// Error is what zkCli says.
func (r *refusal) Error() string {
	switch r.code {
	case -13:
		return "No quorum of new config is connected and up-to-date with the leader of last commmitted config - try invoking reconfiguration after new servers are connected and synced"
	case -14:
		return "Another reconfiguration is in progress -- concurrent reconfigs not supported (yet)"
	}
	text := explained[r.code]
	switch {
	case text == "":
		return r.plain()
	case r.path == "" && !r.named:
		return text + "null"
	}
	return text + r.path
}
