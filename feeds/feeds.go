// Package feeds holds the topic files that come with the program: one file is one topic and one
// published feed. Package config reads them.
package feeds

import "embed"

// Files has ID.yaml for each topic.
//
//go:embed *.yaml
var Files embed.FS
