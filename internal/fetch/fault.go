package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"

	"github.com/teletipo/teletipo/internal/news"
)

// fault says what kept an exchange from succeeding. That ctx ended is nobody's fault and keeps
// no kind.
func (c *Client) fault(ctx context.Context, target *url.URL, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("fetch %s: %w", shown(target), ctx.Err())
	}
	if f, ok := errors.AsType[*forbidden](err); ok {
		return refused(target, f)
	}
	if what := c.explain(err); what != "" {
		return news.Errorf(news.Unreachable, "fetch %s: %s (%w)", shown(target), what, brief(err))
	}
	return news.Errorf(news.Unreachable, "fetch %s: %w", shown(target), brief(err))
}

// refused is the error for an address that the guard does not let through.
func refused(target *url.URL, f *forbidden) error {
	at := f.addr.String()
	host := target.Hostname()
	if literal, err := netip.ParseAddr(host); err != nil || literal.Unmap() != f.addr {
		at = fmt.Sprintf("host %s is at %s, which", host, at)
	}
	return news.Errorf(news.Refused, "fetch %s: not public, so not connected to: %s is %s; "+
		"if that is meant, write allow: [%s] at its source, or %q: %s/%d in fetch.allow of the "+
		"configuration",
		shown(target), at, f.what, f.addr, host, f.addr, f.addr.BitLen())
}

// clipped is an error whose text another server may have made long.
type clipped struct{ error }

func (e clipped) Error() string { return clip(e.error.Error()) }
func (e clipped) Unwrap() error { return e.error }

// brief shortens an error's text if it is long.
func brief(err error) error {
	if len(err.Error()) > maxShown {
		return clipped{err}
	}
	return err
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
		return c.slow(err)
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

// slow says which phase of an exchange took too long. Two of them net/http tells apart by their
// text only.
func (c *Client) slow(err error) string {
	op, _ := errors.AsType[*net.OpError](err)
	switch text := err.Error(); {
	case op != nil && op.Op == "dial":
		return "no connection within " + min(c.timeout, connectTimeout).String()
	case strings.Contains(text, "TLS handshake timeout"):
		return "no TLS handshake within " + min(c.timeout, handshakeTimeout).String()
	case strings.Contains(text, "timeout awaiting response headers"):
		return "no answer within " + min(c.timeout, headerTimeout).String()
	case errors.Is(err, context.DeadlineExceeded):
		return "no complete answer within " + c.timeout.String()
	}
	return "the server took too long"
}
