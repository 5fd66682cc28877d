// Package desk is what the people who run teletipo can ask and order: ingest, explain, list,
// withdraw. Each is a Call, a value with the types of its request and its answer:
//
//	d, running := desk.Dial(ctx, dataDir) // the daemon's, through a socket in its data directory
//	if !running {
//		d = service.Desk(log) // of this process, which has opened the data directory itself
//	}
//	defer d.Close()
//	result, err := desk.Withdraw.Ask(ctx, d, id)
//
// The same handler answers both, so that both answer alike, errors and their kinds included. How
// things are done the Service leaves to the flow and the store. A new call is a method of Service
// and a line in calls.go.
package desk
