package zkquota

import "testing"

// The texts are those that ZooKeeper 3.8.0 and its zkCli keep.
func TestText(t *testing.T) {
	for _, c := range []struct {
		text, again string
	}{
		{"count=5,bytes=-1=;byteHardLimit=-1;countHardLimit=-1", ""},
		{"count=2,bytes=8", ""},
		{"count=5,bytes=4=;byteHardLimit=10;countHardLimit=3", ""},
		{"count=2,bytes=", "count=2,bytes=-1"},
		{"", "count=-1,bytes=-1"},
		{"bytes=7", "count=-1,bytes=7"},
	} {
		if c.again == "" && c.text != "" {
			c.again = c.text
		}
		track, err := Parse([]byte(c.text))
		if err != nil || track.String() != c.again {
			t.Errorf("%q comes back as %q, %v", c.text, track, err)
		}
	}
	for _, text := range []string{"count=x", "count"} {
		if track, err := Parse([]byte(text)); err == nil {
			t.Errorf("%q is read as %q", text, track)
		}
	}
}

func TestPaths(t *testing.T) {
	if got := Dir("/a") + " " + Limits("/a") + " " + Stats("/a"); got != "/zookeeper/quota/a /zookeeper/quota/a/zookeeper_limits /zookeeper/quota/a/zookeeper_stats" {
		t.Error(got)
	}
}
