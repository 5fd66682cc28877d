// Package feeds holds the topic files that come with the program: one file is one topic and one
// published feed. Package config reads them.
package feeds

import "embed"

// Files has ID.yaml for each topic, and groups that they share in groups/.
//
//go:embed *.yaml groups/*.yaml
var Files embed.FS
