// Package news has the words that every other package uses: source, document, item, article,
// topic, placement, change, feed and edition, and the kinds of error. It does nothing by itself
// and imports the standard library only.
package news
