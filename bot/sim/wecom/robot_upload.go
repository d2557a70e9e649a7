package wecom

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// Limits of an upload through the robot's socket.
const (
	maxChunkBytes = 512 << 10
	maxChunks     = 100
)

// robotUpload is a file that is arriving in chunks.
type robotUpload struct {
	kind, name, sum string
	total           int
	chunks          [][]byte
	have            int
}

func (s *Server) uploadInit(f *frame) (any, *apiError) {
	var b struct {
		Type     string `json:"type"`
		Filename string `json:"filename"`
		Size     int    `json:"total_size"`
		Chunks   int    `json:"total_chunks"`
		MD5      string `json:"md5"`
	}
	if err := json.Unmarshal(f.Body, &b); err != nil {
		return nil, fail(codeParam, "json: %v", err)
	}
	limit, ok := maxMediaBytes[b.Type]
	switch {
	case !ok:
		return nil, fail(codeMediaType, "invalid media type")
	case b.Filename == "" || b.Chunks < 1 || b.Chunks > maxChunks:
		return nil, fail(codeParam, "filename or total_chunks invalid")
	case b.Size < minMediaBytes:
		return nil, fail(codeMediaSize, "invalid file size")
	case b.Size > limit || b.Size > b.Chunks*maxChunkBytes:
		return nil, fail(codeMediaTooLarge, "media size out of limit")
	}
	id := randomHex(16)
	s.robot.uploads.put(id, &robotUpload{
		kind: b.Type, name: b.Filename, sum: strings.ToLower(b.MD5), total: b.Size, chunks: make([][]byte, b.Chunks),
	})
	return fields{"upload_id": id}, nil
}

// uploadChunk takes a chunk; chunks are numbered from 0 and may come twice.
func (s *Server) uploadChunk(f *frame) (any, *apiError) {
	var b struct {
		UploadID string `json:"upload_id"`
		Index    int    `json:"chunk_index"`
		Data     string `json:"base64_data"`
	}
	if err := json.Unmarshal(f.Body, &b); err != nil {
		return nil, fail(codeParam, "json: %v", err)
	}
	u, ok := s.robot.uploads.get(b.UploadID)
	if !ok || b.Index < 0 || b.Index >= len(u.chunks) {
		return nil, fail(codeParam, "upload_id or chunk_index invalid")
	}
	data, err := base64.StdEncoding.DecodeString(b.Data)
	if err != nil || len(data) == 0 || len(data) > maxChunkBytes {
		return nil, fail(codeParam, "chunk is not base64 of at most 512 KB")
	}
	if u.have-len(u.chunks[b.Index])+len(data) > u.total {
		return nil, fail(codeMediaSize, "more data than total_size")
	}
	u.have += len(data) - len(u.chunks[b.Index])
	u.chunks[b.Index] = data
	return nil, nil
}

func (s *Server) uploadFinish(f *frame, now time.Time) (any, *apiError) {
	var b struct {
		UploadID string `json:"upload_id"`
	}
	if err := json.Unmarshal(f.Body, &b); err != nil {
		return nil, fail(codeParam, "json: %v", err)
	}
	u, ok := s.robot.uploads.get(b.UploadID)
	if !ok {
		return nil, fail(codeParam, "upload_id invalid")
	}
	data := make([]byte, 0, u.total)
	for _, c := range u.chunks {
		data = append(data, c...)
	}
	sum := md5.Sum(data)
	if len(data) != u.total || u.sum != "" && u.sum != hex.EncodeToString(sum[:]) {
		return nil, fail(codeMediaSize, "size or md5 does not match")
	}
	if refused := checkMedia(u.kind, data, maxMediaBytes[u.kind]); refused != nil {
		return nil, refused
	}
	s.robot.uploads.remove(b.UploadID)
	id, _ := s.addUpload(u.kind, mediaRobot, u.name, data, now)
	return fields{"type": u.kind, "media_id": id, "created_at": strconv.FormatInt(now.Unix(), 10)}, nil
}
