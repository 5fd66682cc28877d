package main

import (
	"net/http"
	"strings"
	"testing"
)

func TestMetrics(t *testing.T) {
	wire := web(t)
	_, flags := setUp(t, wire)
	d := startDaemon(t, flags...)
	d.get("/feeds/border.rss")
	eventually(t, "the source has been looked at", func() bool {
		return strings.Contains(d.get(d.admin+"/metrics").body,
			`teletipo_source_polls_total{source="wire"} 1`)
	})
	a := d.get(d.admin + "/metrics")
	if media := a.header.Get("Content-Type"); a.status != http.StatusOK ||
		!strings.HasPrefix(media, "text/plain; version=0.0.4; charset=utf-8") {
		t.Errorf("status %d, %s", a.status, media)
	}
	out, err := teletipo(t, append([]string{
		"sources", "test", "wire", "--allow", "127.0.0.0/8", "--items", "0",
	}, flags...)...)
	if err != nil || !strings.Contains(out, "1 rejected; nothing was stored") {
		t.Errorf("sources test beside the daemon: %v\n%s", err, out)
	}
	for _, want := range []string{
		`teletipo_feed_requests_total{format="rss",lang="",status="200",topic="border"} 1`,
		`",version="` + version + `"} 1`, `teletipo_build_info{goversion="go`,
		`teletipo_sources{status="retired"} 0`,
		`teletipo_feed_changed_timestamp_seconds{lang="es",topic="cartels"} `,
		"\nprocess_start_time_seconds ", "\ngo_info{version=\"go", "\ngo_goroutines ",
		"\ngo_sched_gomaxprocs_threads ", "\ngo_memstats_sys_bytes ",
		"\ngo_memstats_heap_alloc_bytes ", "\ngo_memstats_alloc_bytes_total ",
		"\ngo_memstats_heap_objects ", "\ngo_gc_cycles_total_gc_cycles_total ",
		"\ngo_cpu_classes_user_cpu_seconds_total ", "\ngo_cpu_classes_gc_total_cpu_seconds_total ",
	} {
		if !strings.Contains(a.body, want) {
			t.Errorf("lacks %s", want)
		}
	}
	if t.Failed() {
		t.Log(a.body)
	}
	d.terminate()
}
