// Command gen writes shapes.pb.go with protoc-gen-go.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run() error {
	request, err := proto.Marshal(&pluginpb.CodeGeneratorRequest{
		FileToGenerate: []string{"shapes.proto"}, ProtoFile: []*descriptorpb.FileDescriptorProto{file()},
	})
	if err != nil {
		return err
	}
	cmd := exec.Command("go", "run", "google.golang.org/protobuf/cmd/protoc-gen-go")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(request), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	var response pluginpb.CodeGeneratorResponse
	if err := proto.Unmarshal(out, &response); err != nil {
		return err
	}
	if response.Error != nil {
		return fmt.Errorf("protoc-gen-go: %s", *response.Error)
	}
	return os.WriteFile("shapes.pb.go", []byte(response.File[0].GetContent()), 0o644)
}

const (
	one  = descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL
	many = descriptorpb.FieldDescriptorProto_LABEL_REPEATED

	text    = descriptorpb.FieldDescriptorProto_TYPE_STRING
	long    = descriptorpb.FieldDescriptorProto_TYPE_INT64
	integer = descriptorpb.FieldDescriptorProto_TYPE_INT32
	double  = descriptorpb.FieldDescriptorProto_TYPE_DOUBLE
	boolean = descriptorpb.FieldDescriptorProto_TYPE_BOOL
	message = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE
)

func file() *descriptorpb.FileDescriptorProto {
	user := &descriptorpb.DescriptorProto{Name: proto.String("User20")}
	for _, group := range []struct {
		letter string
		n      int
		kind   descriptorpb.FieldDescriptorProto_Type
	}{{"s", 8, text}, {"l", 4, long}, {"i", 4, integer}, {"d", 2, double}, {"b", 2, boolean}} {
		for i := range group.n {
			user.Field = append(user.Field, field(fmt.Sprint(group.letter, i), len(user.Field)+1, one, group.kind, ""))
		}
	}
	entry := &descriptorpb.DescriptorProto{
		Name: proto.String("ValuesEntry"), Options: &descriptorpb.MessageOptions{MapEntry: proto.Bool(true)},
		Field: []*descriptorpb.FieldDescriptorProto{field("key", 1, one, text, ""), field("value", 2, one, long, "")},
	}
	label := &descriptorpb.DescriptorProto{
		Name: proto.String("LabelsEntry"), Options: &descriptorpb.MessageOptions{MapEntry: proto.Bool(true)},
		Field: []*descriptorpb.FieldDescriptorProto{field("key", 1, one, text, ""), field("value", 2, one, text, "")},
	}
	return &descriptorpb.FileDescriptorProto{
		Name: proto.String("shapes.proto"), Package: proto.String("bench"), Syntax: proto.String("proto3"),
		Options: &descriptorpb.FileOptions{GoPackage: proto.String("github.com/gubbo/gubbo/bench/codec/pb;pb")},
		MessageType: []*descriptorpb.DescriptorProto{
			user,
			{Name: proto.String("Users"), Field: []*descriptorpb.FieldDescriptorProto{field("values", 1, many, message, ".bench.User20")}},
			{Name: proto.String("Longs"), Field: []*descriptorpb.FieldDescriptorProto{field("values", 1, many, long, "")}},
			{Name: proto.String("Strings"), Field: []*descriptorpb.FieldDescriptorProto{field("values", 1, many, text, "")}},
			{Name: proto.String("Counts"), Field: []*descriptorpb.FieldDescriptorProto{field("values", 1, many, message, ".bench.Counts.ValuesEntry")}, NestedType: []*descriptorpb.DescriptorProto{entry}},
			{Name: proto.String("Order"), NestedType: []*descriptorpb.DescriptorProto{label}, Field: []*descriptorpb.FieldDescriptorProto{
				field("number", 1, one, long, ""), field("buyer", 2, one, message, ".bench.Party"),
				field("items", 3, many, message, ".bench.Item"), field("labels", 4, many, message, ".bench.Order.LabelsEntry"),
			}},
			{Name: proto.String("Party"), Field: []*descriptorpb.FieldDescriptorProto{field("name", 1, one, text, ""), field("email", 2, one, text, "")}},
			{Name: proto.String("Item"), Field: []*descriptorpb.FieldDescriptorProto{
				field("name", 1, one, text, ""), field("count", 2, one, integer, ""), field("price", 3, one, double, ""),
			}},
		},
	}
}

func field(name string, number int, label descriptorpb.FieldDescriptorProto_Label, kind descriptorpb.FieldDescriptorProto_Type, class string) *descriptorpb.FieldDescriptorProto {
	f := &descriptorpb.FieldDescriptorProto{Name: &name, JsonName: &name, Number: proto.Int32(int32(number)), Label: &label, Type: &kind}
	if class != "" {
		f.TypeName = &class
	}
	return f
}
