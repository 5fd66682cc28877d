package main

import (
	"bufio"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
)

// startFixture serves the feeds from a process of its own, so that they cost this one nothing.
func (s *settings) startFixture(ctx context.Context) (stop func(), err error) {
	if s.opml != "" {
		return func() {}, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	child := exec.CommandContext(ctx, self, "-addr", s.addr, "-n", fmt.Sprint(s.feeds),
		"-items", fmt.Sprint(s.items), "-hosts", fmt.Sprint(s.hosts), "fixture")
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		cancel()
		return nil, err
	}
	stop = func() {
		cancel()
		child.Wait()
	}
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		stop()
		return nil, errors.New("the fixture did not start; is its address in use? See -addr")
	}
	return stop, nil
}

// list is the address of the list of feeds.
func (s *settings) list() string {
	if s.opml != "" {
		return s.opml
	}
	return "http://" + s.addr + "/opml"
}

// ask fetches an address and hands its body to read, if there is a reader for it.
func ask(ctx context.Context, address string, read func(io.Reader) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 200))
		return fmt.Errorf("GET %s: %s: %s", address, resp.Status, strings.TrimSpace(string(text)))
	}
	if read == nil {
		_, err = io.Copy(io.Discard, resp.Body)
		return err
	}
	return read(resp.Body)
}

// addresses reads the list of feeds.
func (s *settings) addresses(ctx context.Context) (feeds []string, err error) {
	err = ask(ctx, s.list(), func(body io.Reader) error {
		d := xml.NewDecoder(body)
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			start, ok := token.(xml.StartElement)
			for i := 0; ok && i < len(start.Attr); i++ {
				if start.Attr[i].Name.Local == "xmlUrl" {
					feeds = append(feeds, start.Attr[i].Value)
				}
			}
		}
	})
	if err == nil && len(feeds) == 0 {
		err = fmt.Errorf("%s lists no feeds", s.list())
	}
	return feeds, err
}

// served asks the fixture what it has been asked since the last time.
// decode reads JSON.
func decode(body io.Reader, into any) error { return json.NewDecoder(body).Decode(into) }

func (s *settings) served(ctx context.Context) (t tally, err error) {
	err = ask(ctx, "http://"+s.addr+"/stats?reset", func(body io.Reader) error {
		return json.NewDecoder(body).Decode(&t)
	})
	return t, err
}

// setNewest moves every feed of the fixture.
func (s *settings) setNewest(ctx context.Context, n int) error {
	return ask(ctx, fmt.Sprintf("http://%s/newest?n=%d", s.addr, n), nil)
}
