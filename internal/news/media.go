package news

import (
	"net/url"
	"path"
	"strings"
)

// imageTypes are the media types of images, by the ending of their names.
var imageTypes = map[string]string{
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".jpe": "image/jpeg", ".jfif": "image/jpeg",
	".png": "image/png", ".gif": "image/gif", ".webp": "image/webp", ".avif": "image/avif",
	".svg": "image/svg+xml", ".bmp": "image/bmp", ".ico": "image/vnd.microsoft.icon",
	".tif": "image/tiff", ".tiff": "image/tiff", ".heic": "image/heic", ".heif": "image/heif",
	".jxl": "image/jxl",
}

// ImageType is the media type of what is called an image, at whatever address. Formats of feeds
// want one; where the ending of the name says nothing it is that of most images, and programs look
// at the bytes.
func ImageType(address string) string {
	if u, err := url.Parse(address); err == nil {
		if known := imageTypes[strings.ToLower(path.Ext(u.Path))]; known != "" {
			return known
		}
	}
	return "image/jpeg"
}
