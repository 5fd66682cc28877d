package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"

	"github.com/teletipo/teletipo/internal/news"
)

// fault says what kept an exchange from succeeding. That ctx ended is nobody's fault and keeps
// no kind.
func (c *Client) fault(ctx context.Context, target *url.URL, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("fetch %s: %w", target.Redacted(), ctx.Err())
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // it repeats method and address
	}
	if what := c.explain(err); what != "" {
		return news.Errorf(news.Unreachable, "fetch %s: %s (%w)", target.Redacted(), what, err)
	}
	return news.Errorf(news.Unreachable, "fetch %s: %w", target.Redacted(), err)
}

// explain puts an error of the network in plain words, none if its own have to do.
func (c *Client) explain(err error) string {
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		switch {
		case e.IsNotFound:
			return "no server has the name " + e.Name
		case e.IsTimeout:
			return "looking up the name " + e.Name + " took too long"
		default:
			return "the name " + e.Name + " could not be looked up"
		}
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "the server's TLS certificate is not good"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok ||
		errors.Is(err, http.ErrSchemeMismatch) {
		return "the server does not speak TLS"
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return "the TLS handshake did not succeed"
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
			return "no connection within " + min(c.timeout, connectTimeout).String()
		}
		if errors.Is(err, context.DeadlineExceeded) {
			return "no complete answer within " + c.timeout.String()
		}
		return "the server took too long"
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the server refuses the connection"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the server broke the connection"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "no way to the server"
	case errors.Is(err, io.EOF):
		return "the server closed the connection without an answer"
	}
	return ""
}
