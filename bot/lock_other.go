//go:build !unix

package bot

import (
	"io"
	"os"
)

// lockFile marks the directory as ours. Without flock nobody is refused.
func lockFile(path string) (io.Closer, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
}
