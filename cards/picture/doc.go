// Package picture draws the charts the bot sends as PNG files: funnel and heat map, with Chinese labels,
// sized to be read on a phone.
//
// The drawing is our own, on golang.org/x/image: chart libraries write a number where it falls, and in a funnel it falls
// outside the narrow bar or over its neighbour. Every function is pure and safe for concurrent use; the only thing
// shared is the parsed font. Input of any size gives a picture of bounded size: rows and columns past the limit are
// counted below the chart, long names are cut. This package must not know records, platforms or storage.
package picture
