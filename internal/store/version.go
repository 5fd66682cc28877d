package store

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/teletipo/teletipo/internal/news"
)

// mostVersions is how many versions of an article are kept beside the one that stands. Clean bounds
// each to 1 MiB of content, so an article's history takes at most as many MiB, before compression.
const mostVersions = 10

// versionOf is an article as it stands.
func versionOf(rec *record, content string) news.Version {
	v := news.Version{
		Revision: rec.Revision, Source: rec.Source, Time: rec.Updated, Status: rec.Status, URL: rec.URL,
		Title: rec.Title, Summary: rec.Summary, Content: content, Lang: rec.Lang,
		Authors: rec.Authors, Media: rec.Media, Rights: rec.Rights,
	}
	if rec.Revision == 1 && rec.Status == news.Live {
		v.Time = rec.FirstSeen // its source may say that it changed long before
	}
	return v
}

// keepVersion has a change keep the version that it replaces, if that can be read.
func (w *writing) keepVersion(c *change) error {
	content, ok, err := w.readable(c.before.key)
	if err != nil || !ok {
		return err
	}
	v := versionOf(c.before, content)
	raw, err := json.Marshal(&v)
	if err != nil {
		return err
	}
	c.Replaces, c.parts[partVersion] = v.Revision, w.zip.EncodeAll(raw, nil)
	return nil
}

// History lists the versions of an article, the newest first: the one that stands, and at most
// mostVersions before it. Of a withdrawn article nothing is left but that it was withdrawn.
func (s *Store) History(id news.ID) ([]news.Version, error) {
	var versions []news.Version
	err := s.view(func(r reading) error {
		rec, err := r.soundByID(id)
		if err != nil {
			return err
		}
		prefix, cursor := number(rec.key), r.Bucket(bucketVersion).Lenient()
		for k, v := cursor.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = cursor.Next() {
			raw, err := s.unzip.DecodeAll(v, nil)
			if err != nil {
				return news.Errorf(news.Internal, "store: version %x of %s is damaged: %w", k, id, err)
			}
			var version news.Version
			if err := decode("version", k, raw, &version); err != nil {
				return err
			}
			versions = append(versions, version)
		}
		content, _, err := r.readable(rec.key)
		if err != nil {
			return err
		}
		versions = append(versions, versionOf(rec, content))
		return nil
	})
	for i := range versions {
		switch {
		case versions[i].Status.Ended():
			versions[i].Changed = []string{"status"}
		case versions[i].Revision == 1:
			versions[i].Changed = []string{"new"}
		case i > 0:
			versions[i].Changed = versions[i].ChangedSince(&versions[i-1])
		}
	}
	slices.Reverse(versions)
	return versions, err
}
