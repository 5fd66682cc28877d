// Package progress tells a person how far a long command has come: a bar that redraws itself on a
// terminal, now and then a plain line elsewhere. What the command prints is left to the command.
package progress
