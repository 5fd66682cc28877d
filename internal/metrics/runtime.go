package metrics

import (
	"runtime"
	"runtime/metrics"
)

// figure is one figure of the Go runtime, and the metric that it becomes: by the names that
// Prometheus' own library for Go gives them, so that its dashboards show them.
type figure struct {
	from, name, help string
	kind             Type
}

var figures = []figure{
	{
		"/sched/goroutines:goroutines", "go_goroutines",
		"Goroutines that exist.", Gauge,
	},
	{
		"/sched/gomaxprocs:threads", "go_sched_gomaxprocs_threads",
		"Threads that may run Go code at once.", Gauge,
	},
	{
		"/memory/classes/total:bytes", "go_memstats_sys_bytes",
		"Memory mapped by the Go runtime, in bytes.", Gauge,
	},
	{
		"/memory/classes/heap/objects:bytes", "go_memstats_heap_alloc_bytes",
		"Memory of objects, in bytes.", Gauge,
	},
	{
		"/gc/heap/allocs:bytes", "go_memstats_alloc_bytes_total",
		"Memory ever allocated, in bytes.", Counter,
	},
	{
		"/gc/heap/objects:objects", "go_memstats_heap_objects",
		"Objects in memory.", Gauge,
	},
	{
		"/gc/cycles/total:gc-cycles", "go_gc_cycles_total_gc_cycles_total",
		"Garbage collections.", Counter,
	},
	{
		"/cpu/classes/user:cpu-seconds", "go_cpu_classes_user_cpu_seconds_total",
		"CPU time spent in Go code, estimated.", Counter,
	},
	{
		"/cpu/classes/gc/total:cpu-seconds", "go_cpu_classes_gc_total_cpu_seconds_total",
		"CPU time spent collecting garbage, estimated.", Counter,
	},
}

// Runtime reads the figures of the Go runtime.
func Runtime() []Family {
	samples := make([]metrics.Sample, len(figures))
	for i, f := range figures {
		samples[i].Name = f.from
	}
	metrics.Read(samples)
	families := []Family{
		One("go_info", "The Go version that the program was built with.", Gauge, 1,
			"version", runtime.Version()),
	}
	for i, f := range figures {
		var value float64
		switch v := samples[i].Value; v.Kind() {
		case metrics.KindUint64:
			value = float64(v.Uint64())
		case metrics.KindFloat64:
			value = v.Float64()
		default:
			continue // this Go does not have it
		}
		families = append(families, One(f.name, f.help, f.kind, value))
	}
	return families
}
