// Package configs holds what an operator writes: the configuration file (Config), the organisation file (Org) and the
// company of the demo. It reads, defaults and checks them, and every complaint names file, line, key and fix.
//
// It knows nothing of what the values do: only cmd sees a Config, and hands each package the few fields it needs.
package configs
