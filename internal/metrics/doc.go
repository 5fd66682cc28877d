// Package metrics writes figures in the Prometheus text format, counts the requests for feeds,
// and reads the figures of the Go runtime. Which figures of teletipo there are is left to cmd,
// serving them to serve.
package metrics
