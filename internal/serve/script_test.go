package serve

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// TestScripts runs testdata/script/*.txt, which say how we answer over HTTP. Their language is
// told in testdata/script/README.md.
func TestScripts(t *testing.T) {
	commands := map[string]func(*testscript.TestScript, bool, []string){
		"edition": command((*talk).edition),
		"state":   command((*talk).state),
		"reaches": command((*talk).reaches),
		"archive": command((*talk).archive),
		"article": command((*talk).article),
		"unready": command((*talk).unready),
		">":       command((*talk).with),
		"<":       command((*talk).expect),
		"body":    command((*talk).body),
	}
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"} {
		commands[method] = command(func(k *talk, _ bool, args []string) error {
			return k.ask(method, args)
		})
	}
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/script",
		Cmds: commands,
		Setup: func(env *testscript.Env) error {
			k := &talk{shelf: newShelf()}
			public := httptest.NewServer(newPublic(t, k.shelf))
			ready := func() error { return k.fault }
			operator := httptest.NewServer(Operator(newstest.Logger(t), nil, ready, http.HandlerFunc(figures)))
			k.public, k.operator = public.Listener.Addr(), operator.Listener.Addr()
			env.Values[talkKey{}] = k
			env.Defer(func() {
				public.Close()
				operator.Close()
				if k.request != nil {
					t.Errorf("script ends before the answer to %q", k.request[0])
				}
			})
			return nil
		},
	})
}

// command makes a script command of a method of the script's talk.
func command(do func(*talk, bool, []string) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, not bool, args []string) {
		if err := do(ts.Value(talkKey{}).(*talk), not, args); err != nil {
			ts.Fatalf("%v", err)
		}
	}
}

// talkKey is where a script keeps its talk.
type talkKey struct{}

// talk is what one script says and hears. It writes requests and reads answers byte by byte, so
// that nothing is added or hidden on the way.
type talk struct {
	shelf            *shelf
	fault            error // that readiness reports
	public, operator net.Addr

	request []string // lines, not sent yet
	to      net.Addr
	head    bool
	options bool

	status  string
	headers textproto.MIMEHeader
	answer  string // the body
}

// edition publishes: NAME TAG DATE [CODING…].
func (k *talk) edition(_ bool, args []string) error {
	if len(args) < 3 {
		return errors.New("edition NAME TAG DATE [CODING…]")
	}
	key, format, err := feedName(args[0])
	if err != nil {
		return err
	}
	modified, err := http.ParseTime(args[2])
	if err != nil {
		return err
	}
	k.shelf.put(sampleEdition(key, format, args[1], modified, args[3:]...))
	return nil
}

// state publishes an edition with tags of a state: NAME SEQUENCE DATE [CODING…].
func (k *talk) state(_ bool, args []string) error {
	if len(args) < 3 {
		return errors.New("state NAME SEQUENCE DATE [CODING…]")
	}
	key, format, err := feedName(args[0])
	if err != nil {
		return err
	}
	seq, err := strconv.ParseUint(args[1], 10, 64)
	if err != nil {
		return err
	}
	modified, err := http.ParseTime(args[2])
	if err != nil {
		return err
	}
	k.shelf.put(instance(key, format, seq, modified, args[3:]...))
	return nil
}

// reaches says how far back deltas of a feed go: NAME SEQUENCE.
func (k *talk) reaches(_ bool, args []string) error {
	if len(args) != 2 {
		return errors.New("reaches NAME SEQUENCE")
	}
	key, format, err := feedName(args[0])
	if err != nil {
		return err
	}
	seq, err := strconv.ParseUint(args[1], 10, 64)
	if err != nil {
		return err
	}
	k.shelf.mu.Lock()
	defer k.shelf.mu.Unlock()
	k.shelf.oldest[address{key, format}] = seq
	return nil
}

// archive closes the next archive of a feed: FEED DATE.
func (k *talk) archive(_ bool, args []string) error {
	if len(args) != 2 {
		return errors.New("archive FEED DATE")
	}
	modified, err := http.ParseTime(args[1])
	if err != nil {
		return err
	}
	key := news.ParseFeedKey(args[0])
	k.shelf.mu.Lock()
	defer k.shelf.mu.Unlock()
	k.shelf.archives[key] = append(k.shelf.archives[key], modified)
	return nil
}

// feedName reads the name of a feed document.
func feedName(name string) (news.FeedKey, news.Format, error) {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return news.FeedKey{}, "", fmt.Errorf("%s: a feed's name ends in its format", name)
	}
	return news.ParseFeedKey(name[:dot]), news.Format(name[dot+1:]), nil
}

// article stores a sample article: ID STATUS.
func (k *talk) article(_ bool, args []string) error {
	if len(args) != 2 {
		return errors.New("article ID STATUS")
	}
	id, err := news.ParseID(args[0])
	if err != nil {
		return err
	}
	e := newstest.Entry(2)
	e.ID, e.Status = id, news.Status(args[1])
	k.shelf.add(e)
	return nil
}

// unready sets what keeps the daemon from being ready.
func (k *talk) unready(_ bool, args []string) error {
	k.fault = errors.New(strings.Join(args, " "))
	return nil
}

// figures stands for the daemon's figures.
func figures(w http.ResponseWriter, _ *http.Request) {
	_, _ = io.WriteString(w, "teletipo_build_info 1\n")
}

// ask begins a request: PATH [operator].
func (k *talk) ask(method string, args []string) error {
	if k.request != nil {
		return fmt.Errorf("nobody looked at the answer to %q", k.request[0])
	}
	if len(args) == 0 {
		return errors.New("a path is missing")
	}
	k.to, k.head = k.public, method == http.MethodHead
	k.options = method == http.MethodOptions
	if len(args) > 1 && args[1] == "operator" {
		k.to = k.operator
	}
	k.request = []string{method + " " + args[0] + " HTTP/1.1", "Connection: close"}
	return nil
}

// with adds a header to the request.
func (k *talk) with(_ bool, args []string) error {
	if k.request == nil {
		return errors.New("there is no request to add this to")
	}
	k.request = append(k.request, strings.Join(args, " "))
	return nil
}

// expect holds the answer against a status, or a header and its value, or a header's name.
func (k *talk) expect(not bool, args []string) error {
	if err := k.send(); err != nil {
		return err
	}
	if len(args) == 0 {
		return errors.New("a status or a header is missing")
	}
	if _, err := strconv.Atoi(args[0]); err == nil {
		if want := strings.Join(args, " "); (k.status == want) == not {
			return fmt.Errorf("status is %s", k.status)
		}
		return nil
	}
	name := strings.TrimSuffix(args[0], ":")
	values, there := k.headers[textproto.CanonicalMIMEHeaderKey(name)]
	got, want := strings.Join(values, " AND "), strings.Join(args[1:], " ")
	if holds := there && (want == "" || want == got); holds == not {
		return fmt.Errorf("%s is %q in\n%v", name, got, k.headers)
	}
	return nil
}

// body holds the answer's body against a text: is TEXT, has TEXT, or empty.
func (k *talk) body(not bool, args []string) error {
	if err := k.send(); err != nil {
		return err
	}
	if len(args) == 0 {
		return errors.New("body is TEXT, body has TEXT, body empty")
	}
	holds, text := false, strings.Join(args[1:], " ")
	switch args[0] {
	case "is":
		holds = strings.TrimSuffix(k.answer, "\n") == text
	case "has":
		holds = text != "" && strings.Contains(k.answer, text)
	case "empty":
		holds = k.answer == ""
	default:
		return fmt.Errorf("body %s: want is, has or empty", args[0])
	}
	if holds == not {
		return fmt.Errorf("body is %q", k.answer)
	}
	return nil
}

// send sends a request that waits to be sent, and reads the answer to the end of the connection.
func (k *talk) send() error {
	if k.request == nil {
		return nil
	}
	conn, err := net.Dial(k.to.Network(), k.to.String())
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return err // an answer that never ends must end the script
	}
	lines := k.request
	if !strings.Contains(strings.Join(lines, "\n"), "\nHost:") {
		lines = append(lines, "Host: localhost")
	}
	k.request = nil
	if _, err := io.WriteString(conn, strings.Join(lines, "\r\n")+"\r\n\r\n"); err != nil {
		return err
	}
	return k.read(textproto.NewReader(bufio.NewReader(conn)))
}

// read reads an answer and holds its framing against its body.
func (k *talk) read(r *textproto.Reader) error {
	line, err := r.ReadLine()
	if err != nil {
		return err
	}
	_, k.status, _ = strings.Cut(line, " ")
	if k.headers, err = r.ReadMIMEHeader(); err != nil {
		return err
	}
	rest, err := io.ReadAll(r.R)
	if err != nil {
		return err
	}
	k.answer = string(rest)
	if k.headers.Get("Transfer-Encoding") != "" {
		return errors.New("the answer comes in chunks: a length is missing")
	}
	stated := k.headers.Get("Content-Length")
	if stated != "" && !k.head && stated != strconv.Itoa(len(rest)) {
		return fmt.Errorf("Content-Length is %s, the body has %d bytes", stated, len(rest))
	}
	if k.to == k.public && !k.options && k.headers.Get("Access-Control-Allow-Origin") != "*" {
		return errors.New("pages of other sites can't read the answer")
	}
	if date, err := http.ParseTime(k.headers.Get("Date")); err != nil || time.Since(date) < 0 {
		return fmt.Errorf("Date is %q", k.headers.Get("Date"))
	}
	return nil
}
