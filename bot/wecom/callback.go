package wecom

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/rs/zerolog"

	"salesflow/bot"
)

// maxCallbackBody bounds a callback's body in bytes.
const maxCallbackBody = 256 << 10

// acceptTime is what an event may take: the platform waits five seconds for the answer (document 90238).
const acceptTime = 4 * time.Second

// Callback is the app's callback address (document 90238): GET proves to the admin console that it is ours, POST brings
// messages and events. The answer is an empty 200 once the intake has the event, and 500 when it has not, so that the
// platform delivers it again. It needs Token and EncodingAESKey.
func (a *Adapter) Callback(intake bot.Intake) http.Handler {
	mux := http.NewServeMux()
	h := callback{a: a, intake: intake}
	mux.HandleFunc("GET /", h.verify)
	mux.HandleFunc("POST /", h.receive)
	return mux
}

type callback struct {
	a      *Adapter
	intake bot.Intake
}

// verify answers the admin console with the bare plaintext of echostr: no quotes, no newline.
func (h callback) verify(w http.ResponseWriter, r *http.Request) {
	echo := r.URL.Query().Get("echostr")
	if !h.genuine(w, r, echo) {
		return
	}
	plain, err := h.a.box.open(echo)
	if err != nil {
		refuse(w, r, http.StatusForbidden, "echostr does not decrypt")
		return
	}
	if !isEcho(plain) {
		refuse(w, r, http.StatusForbidden, "echostr is not what the console sends")
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write(plain)
}

// maxEcho bounds what the console has echoed, in bytes. It sends a number.
const maxEcho = 64

// isEcho reports whether a plaintext is of the kind the console sends to be echoed. Messages are sealed and signed in the
// same way, so without this whoever has recorded one could have it read out here.
func isEcho(plain []byte) bool {
	if len(plain) == 0 || len(plain) > maxEcho {
		return false
	}
	for _, b := range plain {
		if (b < '0' || b > '9') && (b < 'a' || b > 'z') && (b < 'A' || b > 'Z') && b != '-' && b != '_' {
			return false
		}
	}
	return true
}

func (h callback) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCallbackBody))
	if err != nil {
		code := http.StatusBadRequest
		if large := new(http.MaxBytesError); errors.As(err, &large) {
			code = http.StatusRequestEntityTooLarge
		}
		refuse(w, r, code, "body cannot be read")
		return
	}
	sealed, err := readEnvelope(body)
	if err != nil || sealed == "" {
		refuse(w, r, http.StatusBadRequest, "body is not an envelope")
		return
	}
	if !h.genuine(w, r, sealed) {
		return
	}
	plain, err := h.a.box.open(sealed)
	if err != nil {
		refuse(w, r, http.StatusForbidden, "message does not decrypt, or is not for this corporation")
		return
	}
	h.accept(w, r, plain)
}

// accept hands the event over and answers. What cannot be read, or means nothing to us, is answered 200: it would be the
// same the next time.
func (h callback) accept(w http.ResponseWriter, r *http.Request, plain []byte) {
	log := zerolog.Ctx(r.Context())
	ev, ignored, err := decode(plain)
	if err != nil {
		log.Warn().Err(err).Msg("wecom message cannot be read")
		return
	}
	if ignored != "" {
		log.Debug().Str("what", ignored).Msg("wecom message ignored")
		return
	}
	// The event is taken whole or not at all, even when the platform hangs up early.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), acceptTime)
	defer cancel()
	done, err := h.intake.Accept(ctx, ev)
	if err != nil {
		log.Error().Err(err).Str("event_id", ev.ID).Msg("wecom event not accepted")
		http.Error(w, "not accepted", http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusOK)
	if done.FaceDelivery != 0 {
		// An answer here would change the card for the tapper alone; the update with the tap's code changes it for all.
		_ = http.NewResponseController(w).Flush()
		h.intake.FaceSent(context.WithoutCancel(r.Context()), done.FaceDelivery, false)
	}
}

// genuine checks signature and time of a request, and answers it when they are wrong.
func (h callback) genuine(w http.ResponseWriter, r *http.Request, sealed string) bool {
	if h.a.box.key == nil {
		refuse(w, r, http.StatusServiceUnavailable, "token and encoding_aes_key are not configured")
		return false
	}
	q := r.URL.Query()
	stamp := q.Get("timestamp")
	if !h.a.box.signed(q.Get("msg_signature"), stamp, q.Get("nonce"), sealed) {
		refuse(w, r, http.StatusForbidden, "signature is wrong")
		return false
	}
	sec, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		refuse(w, r, http.StatusForbidden, "timestamp is not a number")
		return false
	}
	if age := h.a.opt.Now().Sub(time.Unix(sec, 0)); age > h.a.opt.Past || age < -h.a.opt.Ahead {
		refuse(w, r, http.StatusForbidden, "timestamp is too far from now")
		return false
	}
	return true
}

// refuse answers without a word that would help whoever guesses, and tells the operator why.
func refuse(w http.ResponseWriter, r *http.Request, code int, why string) {
	zerolog.Ctx(r.Context()).Warn().Int("status", code).Str("why", why).Msg("wecom callback refused")
	http.Error(w, http.StatusText(code), code)
}
