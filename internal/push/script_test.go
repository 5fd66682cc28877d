package push

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// exchange is a request that was answered, as the description speaks of it.
type exchange struct {
	pattern, method string
	status          int
	mediaType       string
	body            []byte
}

// record notes what a handler answers.
type record struct {
	mu  sync.Mutex
	all []exchange
}

func (rec *record) noting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		rec.mu.Lock()
		rec.all = append(rec.all, exchange{
			r.Pattern, r.Method, answer.Code, answer.Header().Get("Content-Type"),
			answer.Body.Bytes(),
		})
		rec.mu.Unlock()
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		if _, err := w.Write(answer.Body.Bytes()); err != nil &&
			!errors.Is(err, http.ErrBodyNotAllowed) {
			panic(err)
		}
	})
}

// runScripts runs testdata/script/*.txt; testdata/script/README.md tells their language.
func runScripts(t *testing.T, rec *record) {
	commands := map[string]func(*testscript.TestScript, bool, []string){}
	for name, do := range map[string]func(*talk, *testscript.TestScript, bool, []string) error{
		"unready": (*talk).unready, "broken": (*talk).broken, "crowd": (*talk).crowd, ">": (*talk).with,
		"send": (*talk).send, "<": (*talk).expect, "body": (*talk).body, "keep": (*talk).keep,
	} {
		commands[name] = func(ts *testscript.TestScript, not bool, args []string) {
			if err := do(ts.Value(talkKey{}).(*talk), ts, not, args); err != nil {
				ts.Fatalf("%v", err)
			}
		}
	}
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
		commands[method] = func(ts *testscript.TestScript, _ bool, args []string) {
			ts.Value(talkKey{}).(*talk).ask(ts, method, args)
		}
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", Cmds: commands,
		Setup: func(env *testscript.Env) error {
			k := &talk{room: newNewsroom()}
			server := httptest.NewServer(rec.noting(k.room.handler(t)))
			k.url = server.URL
			env.Values[talkKey{}] = k
			env.Defer(server.Close)
			return nil
		},
	})
}

type talkKey struct{}

// talk is what one script says and hears.
type talk struct {
	room    *newsroom
	url     string
	request *http.Request
	answer  *http.Response
	text    string // its body
}

func (k *talk) unready(_ *testscript.TestScript, _ bool, args []string) error {
	k.room.unready = errors.New(strings.Join(args, " "))
	return nil
}

func (k *talk) broken(_ *testscript.TestScript, _ bool, args []string) error {
	k.room.fault = errors.New(strings.Join(args, " "))
	return nil
}

// crowd has others push articles that they never send whole, as many as there is room for: TOKEN.
func (k *talk) crowd(ts *testscript.TestScript, _ bool, args []string) error {
	for range 2 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(k.url, "http://"))
		if err != nil {
			return err
		}
		ts.Defer(func() { conn.Close() })
		fmt.Fprintf(conn, "POST /api/v1/articles HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"+
			"Content-Type: application/json\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n", args[0])
		said, err := bufio.NewReader(conn).ReadString('\n') // once its body is to be read
		if err != nil || !strings.HasPrefix(said, "HTTP/1.1 100 ") {
			return fmt.Errorf("a push is answered %q, %v", said, err)
		}
	}
	return nil
}

// ask begins a request: PATH [TOKEN].
func (k *talk) ask(ts *testscript.TestScript, method string, args []string) {
	if k.request != nil {
		ts.Fatalf("nobody looked at the answer to %s %s", k.request.Method, k.request.URL)
	}
	req, err := http.NewRequest(method, k.url+args[0], nil)
	ts.Check(err)
	if len(args) > 1 {
		req.Header.Set("Authorization", "Bearer "+args[1])
	}
	k.request = req
}

// with adds a header to the request.
func (k *talk) with(_ *testscript.TestScript, _ bool, args []string) error {
	if k.request == nil {
		return errors.New("there is no request to add this to")
	}
	name, ok := strings.CutSuffix(args[0], ":")
	if !ok {
		return fmt.Errorf("%s: want NAME: VALUE", args[0])
	}
	k.request.Header.Set(name, strings.Join(args[1:], " "))
	return nil
}

// send gives the request a body, as JSON if no header says otherwise: FILE.
func (k *talk) send(ts *testscript.TestScript, _ bool, args []string) error {
	if k.request.Header.Get("Content-Type") == "" {
		k.request.Header.Set("Content-Type", "application/json")
	}
	body := []byte(strings.TrimSuffix(ts.ReadFile(args[0]), "\n"))
	k.request.Body = io.NopCloser(bytes.NewReader(body))
	k.request.ContentLength = int64(len(body))
	if len(args) > 1 && args[1] == "chunked" {
		k.request.ContentLength = -1
	}
	return nil
}

// expect holds the answer against a status, or a header and its value, or a header's name.
func (k *talk) expect(_ *testscript.TestScript, not bool, args []string) error {
	if err := k.hear(); err != nil {
		return err
	}
	if _, err := strconv.Atoi(args[0]); err == nil {
		if (k.answer.Status == strings.Join(args, " ")) == not {
			return fmt.Errorf("status is %s: %s", k.answer.Status, k.text)
		}
		return nil
	}
	name, want := strings.TrimSuffix(args[0], ":"), strings.Join(args[1:], " ")
	got := k.answer.Header.Get(name)
	if holds := got != "" && (want == "" || want == got); holds == not {
		return fmt.Errorf("%s is %q in\n%v", name, got, k.answer.Header)
	}
	return nil
}

// body holds the answer's body against a text: has TEXT, or empty.
func (k *talk) body(_ *testscript.TestScript, not bool, args []string) error {
	if err := k.hear(); err != nil {
		return err
	}
	holds, text := k.text == "", strings.Join(args[1:], " ")
	if args[0] == "has" {
		holds = text != "" && strings.Contains(k.text, text)
	}
	if holds == not {
		return fmt.Errorf("body is %q", k.text)
	}
	return nil
}

// keep writes the answer's body to a file, or a header's value to a variable: FILE, or NAME VAR.
func (k *talk) keep(ts *testscript.TestScript, _ bool, args []string) error {
	if err := k.hear(); err != nil {
		return err
	}
	if len(args) == 2 {
		ts.Setenv(args[1], k.answer.Header.Get(args[0]))
		return nil
	}
	ts.Check(writeFile(ts.MkAbs(args[0]), k.text))
	return nil
}

// hear sends a request that waits to be sent.
func (k *talk) hear() error {
	if k.request == nil {
		return nil
	}
	req := k.request
	k.request = nil
	transport := &http.Transport{DisableKeepAlives: true}
	var err error
	if k.answer, err = transport.RoundTrip(req); err != nil {
		return err
	}
	defer k.answer.Body.Close()
	body, err := io.ReadAll(k.answer.Body)
	k.text = string(body)
	return err
}
