// Package push is the HTTP interface that programs push articles through: it checks tokens, reads
// JSON Feed items strictly and answers with what became of them. It leaves cleaning, placing and
// storing to the flow, and what its calls look like to openapi.json, which it serves.
package push
