package dubbo

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"net"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// javaFrame is a frame recorded from a real Java Dubbo, or made by hand and
// sent to one.
type javaFrame struct {
	Name   string
	Java   string `json:"java_dubbo"`
	Hex    string
	Header *struct {
		Flag   string
		ID     int64
		Length int
	}
	Body         json.RawMessage
	RepliedHex   string `json:"java_replied_hex"`
	bytes, reply []byte
}

type javaBody struct {
	Dubbo, Path, Version, Method, Desc string
	Type                               string
	Value, Exception                   any
	Args                               []any
	Attachments                        struct{ Map [][2]any }
}

// Frames may be added, with the new count and checksum; none may go.
const (
	frameCount = 583
	frameSum   = "e2a9e1f4545253b9afef8e064b2ed515dffae7a7ee2afeaa5a7663677c1c357e"
)

func javaFrames(t testing.TB) []javaFrame {
	t.Helper()
	f, err := os.Open("testdata/java_frames.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var all []javaFrame
	sum := sha256.New()
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var v javaFrame
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		// Very long frames are recorded in part.
		if v.bytes, err = hex.DecodeString(v.Hex); err != nil {
			t.Fatalf("%s: %v", v.Name, err)
		}
		v.reply, _ = hex.DecodeString(v.RepliedHex)
		fmt.Fprintf(sum, "%s %s %s\n", v.Name, v.Hex, v.RepliedHex)
		all = append(all, v)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if len(all) != frameCount {
		t.Fatalf("%d frames, want %d", len(all), frameCount)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != frameSum {
		t.Fatalf("the frames have the checksum %s, want %s: were names or bytes changed?", got, frameSum)
	}
	return all
}

// anyReply decodes whatever comes.
type anyReply struct{ v any }

func (r *anyReply) EncodeHessian(e *hessian.Encoder) { e.Any(r.v) }
func (r *anyReply) DecodeHessian(d *hessian.Decoder) { r.v = d.Any() }
func (r *anyReply) HessianTypes() *hessian.Types     { return nil }

func javaCall(reply hessian.Body) *api.Invocation {
	return &api.Invocation{
		Service: &api.Service{Interface: "lab.greet.GreetService"}, Method: &api.Method{Name: "m"},
		Reply: reply, Peer: "java:20880",
	}
}

// Every frame that Java sent is read, and says what the recording says.
func TestFramesOfJava(t *testing.T) {
	var requests, responses, errorTexts, events int
	for _, f := range javaFrames(t) {
		if f.Header == nil {
			continue // made by hand: see below
		}
		h, err := parseHeader(f.bytes, defaultMaxBody)
		if err != nil || h.id != f.Header.ID || fmt.Sprintf("%#02x", h.flag) != f.Header.Flag || h.length != len(f.bytes)-headerSize {
			t.Errorf("%s: header %+v, %v", f.Name, h, err)
			continue
		}
		body := f.bytes[headerSize:]
		var says javaBody
		json.Unmarshal(f.Body, &says)
		switch {
		case h.event():
			events++
			c := &conn{onDrain: func(bool) { events += 1000 }}
			h.flag &^= flagTwoway // nobody to answer
			c.event(h, body)
		case h.request() && h.codec() == codecHessian2:
			requests++
			checkRequest(t, f.Name, body, says)
		case !h.request() && h.status != statusOK:
			errorTexts++
			var d hessian.Decoder
			text, err := decodeErrorText(h, body, &d)
			if err != nil || !strings.Contains(text, " ") || strings.ContainsRune(text, 0xfffd) {
				t.Errorf("%s: text %.100q, %v", f.Name, text, err)
			}
		case !h.request() && h.codec() == codecHessian2:
			responses++
			checkResponse(t, f.Name, body, says)
		}
	}
	if requests != 158 || responses != 129 || errorTexts != 15 || events != 27+5*1000 {
		t.Errorf("%d requests, %d responses, %d error texts, %d events: the recording changed, or was not read", requests, responses, errorTexts, events)
	}
}

func checkRequest(t *testing.T, name string, body []byte, says javaBody) {
	t.Helper()
	var r request
	var d hessian.Decoder
	rr := new(requestReader)
	for range 2 { // the second time from memory
		if err := rr.read(&r, &d, body); err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		rr.remember(&r, body)
	}
	version := says.Version
	if version == noVersion {
		version = ""
	}
	if r.head.path != says.Path || r.head.version != version || r.head.method != says.Method || r.head.desc != says.Desc || r.head.args != len(says.Args) || !r.head.attached {
		t.Errorf("%s: head %+v, want %+v", name, r.head, says)
	}
	got := make(map[string]string)
	for _, a := range textsOf(&r.attachments) {
		got[a.Key] = a.Value
	}
	want := make(map[string]string)
	for _, kv := range says.Attachments.Map {
		if kv[1] != nil {
			want[fmt.Sprint(kv[0])] = fmt.Sprint(kv[1])
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: attachments %v, want %v", name, got, want)
	}
	if ms := want["timeout"]; ms != "" && fmt.Sprint(r.timeout.Milliseconds()) != ms {
		t.Errorf("%s: timeout %v, want %s ms", name, r.timeout, ms)
	}
	if r.path != want["path"] || r.group != want["group"] || r.application != want["remote.application"] {
		t.Errorf("%s: path %q, group %q, application %q", name, r.path, r.group, r.application)
	}
	// The arguments decode one after the other up to their end.
	d.Reset(r.args, nil)
	for i := range says.Args {
		v := d.Any()
		if s, ok := says.Args[i].(string); ok {
			if got, ok := v.(string); ok && got != s && !strings.Contains(s, "…") && !strings.Contains(s, "...") {
				t.Errorf("%s: argument %d is %.80q, want %.80q", name, i, got, s)
			}
		}
	}
	if d.Err() != nil || len(d.Rest()) != 0 {
		t.Errorf("%s: arguments: %v, %d bytes left", name, d.Err(), len(d.Rest()))
	}
}

func checkResponse(t *testing.T, name string, body []byte, says javaBody) {
	t.Helper()
	var d hessian.Decoder
	reply := new(anyReply)
	inv := javaCall(reply)
	err := decodeResponse(inv, &d, body, hessian.Limits{})
	if says.Exception == nil {
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		if s, ok := says.Value.(string); ok && reply.v != s {
			if _, isText := reply.v.(string); isText && !strings.Contains(s, "…") && !strings.Contains(s, "...") {
				t.Errorf("%s: value %.80q, want %.80q", name, reply.v, s)
			}
		}
	} else {
		e, _ := err.(*api.Error)
		if e == nil || e.Code != api.Business {
			t.Errorf("%s: %v, want the exception", name, err)
			return
		}
		x, ok := e.Cause.(*hessian.Exception)
		if !ok {
			t.Errorf("%s: thrown %T", name, e.Cause)
			return
		}
		if object, _ := says.Exception.(map[string]any); object["object "+x.Class] == nil {
			t.Errorf("%s: thrown %s, want %.100v", name, x.Class, object)
		}
	}
	if n := len(says.Attachments.Map); inv.ReplyAttachments.Len() != n || n > 0 && inv.ReplyAttachments.Get("dubbo") != "2.0.2" {
		t.Errorf("%s: attachments %v, want %v", name, inv.ReplyAttachments.All(), says.Attachments.Map)
	}
}

// An exception that Java declares arrives as the Go error that stands for it.
func TestDeclaredExceptionOfJava(t *testing.T) {
	seen := 0
	for _, f := range javaFrames(t) {
		var says javaBody
		json.Unmarshal(f.Body, &says)
		if thrown, _ := says.Exception.(map[string]any); thrown["object "+bizClass.Name] == nil {
			continue
		}
		seen++
		var d hessian.Decoder
		err := decodeResponse(javaCall(new(bizReply)), &d, f.bytes[headerSize:], hessian.Limits{})
		e, _ := err.(*api.Error)
		if e == nil {
			t.Errorf("%s: %v", f.Name, err)
			continue
		}
		biz, ok := e.Cause.(*bizException)
		if !ok || biz.Message == "" || biz.Code == 0 {
			t.Errorf("%s: cause %T %+v", f.Name, e.Cause, e.Cause)
		}
	}
	if seen < 4 {
		t.Errorf("only %d exceptions were read", seen)
	}
}

type bizReply struct{ text }

func (*bizReply) HessianTypes() *hessian.Types { return bizTypes }

type bizException struct {
	Message string
	Code    int32
}

var bizClass = hessian.ClassDesc{Name: "lab.greet.BizException", Fields: append(hessian.ThrowableFields(), "code"), New: func() any { return new(bizException) }}
var bizTypes = hessian.NewTypes(&bizClass)

func (x *bizException) Error() string { return x.Message }
func (x *bizException) EncodeHessian(e *hessian.Encoder) {
	e.Object(&bizClass)
	e.Throwable(x.Message, nil)
	e.Int(x.Code)
}
func (x *bizException) DecodeHessianField(d *hessian.Decoder, field int) {
	switch field {
	case 3:
		x.Message = d.String()
	case 4:
		x.Code = d.Int()
	default:
		d.Skip()
	}
}

// A failure of Java's framework has the code, and the promise not to have run,
// that its status and text give it.
func TestCodesOfJavasFailures(t *testing.T) {
	want := map[string]struct {
		code api.Code
		sent api.Sent
	}{
		"d26-d26/032 response $invoke": {api.Internal, api.SentMaybe}, // no such method
		"d32-d32/030 response $invoke": {api.NotFound, api.SentNo},
		"d33-d33/030 response $invoke": {api.NotFound, api.SentNo},
		"d26-d26/034 response $invoke": {api.NotFound, api.SentNo}, // no such service
		"d27-d27/032 response $invoke": {api.NotFound, api.SentNo},
		"d32-d32/032 response $invoke": {api.NotFound, api.SentNo},
		"d33-d33/032 response $invoke": {api.NotFound, api.SentNo},
		"d26-d26/068 response reveal":  {api.Forbidden, api.SentNo}, // bad token
		"d27-d27/070 response reveal":  {api.Forbidden, api.SentNo},
		"d32-d32/070 response reveal":  {api.Forbidden, api.SentNo},
		"d33-d33/070 response reveal":  {api.Forbidden, api.SentNo},
	}
	for _, f := range javaFrames(t) {
		w, ok := want[f.Name]
		if !ok {
			continue
		}
		delete(want, f.Name)
		h, _ := parseHeader(f.bytes, defaultMaxBody)
		wantError(t, new(caller).receive(&waiter{header: h, body: f.bytes[headerSize:]}, javaCall(nil)), w.code, w.sent)
	}
	for name := range want {
		t.Errorf("%s is not in the recording", name)
	}
	// As Java words it; the recording has none.
	for _, status := range []byte{statusSerialization, statusBadResponse} {
		text := "Failed to send response: Response [id=7], cause: java.io.IOException: Data length too large: 9437200, max payload: 8388608, channel: x\n\tat y"
		w := &waiter{header: header{flag: codecHessian2, status: status}, body: hessian.AppendString(nil, text)}
		wantError(t, new(caller).receive(w, javaCall(nil)), api.TooLarge, api.SentMaybe, "9437200")
	}
	// A failure that only speaks of another one is not that one.
	text := "org.apache.dubbo.rpc.RpcException: Failed to invoke; RemotingException: Not found exported service: x"
	w := &waiter{header: header{flag: codecHessian2, status: statusService}, body: hessian.AppendString(nil, text)}
	wantError(t, new(caller).receive(w, javaCall(nil)), api.Internal, api.SentMaybe)
}

// What we write is what Java writes: the same head, byte by byte, and the same
// attachments.
func TestOurRequestEqualsJavas(t *testing.T) {
	compared := 0
	for _, f := range javaFrames(t) {
		var says javaBody
		json.Unmarshal(f.Body, &says)
		if f.Header == nil || says.Method != "sayHello" || f.bytes[2] != 0xc2 || !strings.HasPrefix(f.Java, "3.") || strings.HasPrefix(f.Java, "3.0") {
			continue
		}
		arg, ok := says.Args[0].(string)
		if !ok {
			continue
		}
		var theirs request
		var d hessian.Decoder
		if err := new(requestReader).read(&theirs, &d, f.bytes[headerSize:]); err != nil {
			t.Fatal(err)
		}
		m := &api.Method{Name: "sayHello", Desc: "Ljava/lang/String;"}
		s := &api.Service{Interface: says.Path, Version: theirs.version, Group: theirs.group}
		var enc hessian.Encoder
		ours, err := appendRequest(nil, &enc, newRequestTemplate(s, m, theirs.application), &text{arg}, theirs.timeout, texts())
		if err != nil {
			t.Fatal(err)
		}
		putHeader(ours, header{flag: flagRequest | flagTwoway | codecHessian2, id: f.Header.ID, length: len(ours) - headerSize})
		shared := len(f.bytes) - len(theirs.rest) + len(theirs.args)
		if !bytes.Equal(ours[headerSize:shared], f.bytes[headerSize:shared]) {
			t.Errorf("%s: we write %x, Java %x", f.Name, ours, f.bytes)
		}
		var read request
		if err := new(requestReader).read(&read, &d, ours[headerSize:]); err != nil {
			t.Fatal(err)
		}
		if a, b := attachmentMap(&read), attachmentMap(&theirs); !reflect.DeepEqual(a, b) {
			// A user's own attachments are the only difference.
			for k, v := range a {
				if b[k] != v {
					t.Errorf("%s: we attach %s=%s, Java %q", f.Name, k, v, b[k])
				}
			}
		}
		compared++
	}
	if compared < 3 {
		t.Errorf("only %d requests were compared", compared)
	}
}

func attachmentMap(r *request) map[string]string {
	m := make(map[string]string)
	for _, a := range textsOf(&r.attachments) {
		m[a.Key] = a.Value
	}
	return m
}

// The frames that were made by hand and sent to Java, valid and invalid, sent
// to our server: none hurts it.
func TestProbesAgainstOurServer(t *testing.T) {
	probes := 0
	for _, f := range javaFrames(t) {
		if f.Header != nil || len(f.bytes) == 0 || len(f.bytes) > 1<<20 {
			continue
		}
		probes++
		nc, _ := rawServer(t, newHandler(), 0)
		nc.Write(f.bytes)
		nc.(*net.TCPConn).CloseWrite()
		nc.SetReadDeadline(time.Now().Add(10 * time.Second))
		var got bytes.Buffer
		if _, err := got.ReadFrom(nc); err != nil && !strings.Contains(err.Error(), "reset") {
			t.Errorf("%s: %v", f.Name, err)
		}
		nc.Close()
		for b := got.Bytes(); len(b) > 0; {
			h, err := parseHeader(b, defaultMaxBody)
			if err != nil || h.request() || len(b) < headerSize+h.length {
				t.Errorf("%s: we answered %x", f.Name, b)
				break
			}
			b = b[headerSize+h.length:]
		}
	}
	if probes < 200 {
		t.Errorf("only %d probes", probes)
	}
}

// Attachments may be any object. What has a text in Java is that text, and
// the rest is left out.
func TestAttachmentsOfAllKinds(t *testing.T) {
	e := hessian.NewEncoder(nil)
	e.Map("")
	for _, kv := range []any{
		"int", int32(-5), "long", int64(1) << 40, "yes", true, "no", false, "text", "żółw", "empty", "",
		"double", 1.5, "whole", 3.0, "small", 0.001, "smaller", 0.00012, "large", 12345678.0, "largest", 1e22, "zero", 0.0,
		"inf", math.Inf(1), "minus", math.Inf(-1), "nan", math.NaN(),
		"null", nil, "date", time.Unix(0, 0), "bytes", []byte("x"), "list", []any{int32(1)}, "map", map[string]any{"a": "b"},
	} {
		e.Any(kv)
	}
	e.MapEnd()
	want := []api.Attachment{
		{Key: "int", Value: "-5"}, {Key: "long", Value: "1099511627776"}, {Key: "yes", Value: "true"}, {Key: "no", Value: "false"},
		{Key: "text", Value: "żółw"}, {Key: "empty", Value: ""}, {Key: "double", Value: "1.5"}, {Key: "whole", Value: "3.0"},
		{Key: "small", Value: "0.001"}, {Key: "smaller", Value: "1.2E-4"}, {Key: "large", Value: "1.2345678E7"}, {Key: "largest", Value: "1.0E22"}, {Key: "zero", Value: "0.0"},
		{Key: "inf", Value: "Infinity"}, {Key: "minus", Value: "-Infinity"}, {Key: "nan", Value: "NaN"},
	}
	var d hessian.Decoder
	d.Reset(e.Bytes(), nil)
	raw, err := readAttachments(&d)
	if got := textsOf(&raw); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v\nwant %v", got, err, want)
	}
}

// The JSONB forms that the recording does not hold.
func TestFastjson2Texts(t *testing.T) {
	for _, c := range []struct {
		hex, want string
		bad       bool
	}{
		{"00000001" + "49", "", false},
		{"00000003" + "4b6869", "hi", false},
		{"00000005" + "7902" + "686922", "hi", false},
		{"00000004" + "7a02" + "c3a9", "é", false},
		{"00000004" + "7b02" + "00e9", "é", false},
		{"00000006" + "7c04" + "3dd822dc", "🐢", false},
		{"00000006" + "7d04" + "d83ddc22", "🐢", false},
		{"00000005" + "793802" + "6869", "hi", false},
		{"00000006" + "79440002" + "6869", "hi", false},
		{"00000008" + "794800000002" + "6869", "hi", false},
		{"00000008" + "7948ffffffff" + "6869", "", true},
		{"00000003" + "4c6869", "", true},
		{"00000004" + "4b6869", "", true},
		{"00000002" + "af00", "", true},
		{"00000000" + "00", "", true},
		{"ffffffff" + "4b6869", "", true},
		{"0000", "", true},
		{"00000001" + "79", "", true},
		{"00000002" + "7938", "", true},
	} {
		b, err := hex.DecodeString(c.hex)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := decodeJSONBText(b); got != c.want || (err != nil) != c.bad {
			t.Errorf("%s: %q, %v, want %q", c.hex, got, err, c.want)
		}
	}
}

// A consumer of 2.7 that asked for any version calls a service without one by
// "*", in field and attachment.
func TestNoVersionInAllForms(t *testing.T) {
	for _, c := range []struct{ field, attachment, want string }{
		{"", "", ""}, {"0.0.0", "0.0.0", ""}, {"*", "*", ""}, {"*", "1.0.0", "1.0.0"}, {"1.0.0", "*", "1.0.0"}, {"1.0.0", "2.0.0", "2.0.0"},
	} {
		var enc hessian.Encoder
		m, s := &api.Method{Name: "m"}, &api.Service{Interface: "i", Version: c.field}
		b, err := appendRequest(nil, &enc, newRequestTemplate(s, m, ""), nil, 0, texts(api.Attachment{Key: keyVersion, Value: c.attachment}))
		if err != nil {
			t.Fatal(err)
		}
		var r request
		var d hessian.Decoder
		if err := new(requestReader).read(&r, &d, b[headerSize:]); err != nil || r.version != c.want {
			t.Errorf("field %q and attachment %q are version %q, %v", c.field, c.attachment, r.version, err)
		}
	}
}
