// Package config reads the configuration, the sources and the topic files strictly, and reports
// everything that is wrong with them at once, each fault by file, line and column. It opens no
// listener or database and leaves to others what the values do.
package config
