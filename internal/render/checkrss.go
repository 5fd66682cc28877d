package render

import (
	"github.com/teletipo/teletipo/internal/news"
)

var rssChannelRules = rules{
	"title":         {1, 1, filled},
	"link":          {1, 1, isAddress},
	"description":   {1, 1, filled},
	"language":      {0, 1, isTag},
	"lastBuildDate": {1, 1, isRFC822},
	"generator":     {0, 1, filled},
	"docs":          {0, 1, isAddress},
	"ttl":           {0, 1, isMinutes},
	"atom:link":     {1, many, isAtomLink},
	"item":          {0, many, nil},

	"sy:updatePeriod":    {0, 1, filled},
	"sy:updateFrequency": {0, 1, filled},
	"fh:archive":         {0, 1, isVoid},
}

var rssItemRules = rules{
	"title":            {1, 1, filled},
	"link":             {1, 1, isAddress},
	"description":      {0, 1, filled},
	"content:encoded":  {0, 1, filled},
	"enclosure":        {0, 1, isFile},
	"guid":             {1, 1, isGUID},
	"pubDate":          {0, 1, isRFC822},
	"source":           {0, 1, isRSSSource},
	"category":         {0, many, filled},
	"dc:creator":       {0, many, filled},
	"dc:language":      {0, 1, isTag},
	"dcterms:modified": {0, 1, isRFC3339},
	"media:content":    {0, many, hasAddress},
	"media:thumbnail":  {0, 1, hasAddress},
}

// checkRSS holds a document to RSS 2.0, the RSS Best Practices Profile, and what we publish.
func checkRSS(doc []byte) ([]news.Part, error) {
	root, err := parseXML(doc)
	if err != nil {
		return nil, err
	}
	if root.name != "rss" || root.attr("version") != "2.0" {
		return nil, fault("root element is not <rss version=\"2.0\">")
	}
	if err := root.hold(rules{"channel": {1, 1, nil}}); err != nil {
		return nil, err
	}
	channel := root.child("channel")
	if err := channel.hold(rssChannelRules); err != nil {
		return nil, err
	}
	if err := channel.history(news.RSS); err != nil {
		return nil, err
	}
	if err := checkPace(channel); err != nil {
		return nil, err
	}
	ids := unique{}
	var parts []news.Part
	for _, item := range channel.children {
		if item.name != "item" {
			continue
		}
		id := item.content("guid")
		if err := checkRSSItem(item); err != nil {
			return nil, fault("item %s: %w", id, err)
		}
		if err := ids.add("id " + id); err != nil {
			return nil, err
		}
		parts = append(parts, item.part(id))
	}
	return parts, nil
}

func checkRSSItem(item *element) error {
	if err := item.hold(rssItemRules); err != nil {
		return err
	}
	if item.child("content:encoded") != nil && item.child("description") == nil {
		return fault("content:encoded has no description beside it")
	}
	return nil
}

func isGUID(e *element) error {
	if e.attr("isPermaLink") == "false" {
		return isIRI(e)
	}
	return isAddress(e)
}

func isRSSSource(e *element) error {
	if err := hasAddress(e); err != nil {
		return err
	}
	return filled(e)
}
