package scheduler

import (
	"context"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/store/sales"
)

// KindScanPhoto asks for the photo that was expected after a customer's code was scanned. Its subject is the customer,
// its slot who scanned and when: "7:1773194400".
const KindScanPhoto = "scan.photo"

// PhotoTx is what the reminder of a photo needs of one transaction.
type PhotoTx interface {
	CustomerByID(ctx context.Context, id sales.ID) (sales.Customer, error)
	PictureSince(ctx context.Context, person sales.PersonID, customer sales.ID, since sales.Instant) (bool, error)
}

// Photos reminds of photos once.
type Photos struct{ Calendar *sales.Calendar }

// RegisterPhotos registers the decision about photos.
func RegisterPhotos[T interface {
	DueTx
	PhotoTx
}](e *Engine[T], p Photos) {
	e.Handle(KindScanPhoto, func(ctx context.Context, m Moment, tx T) (Decision, error) { return p.Remind(ctx, m, tx) })
}

// Remind asks for the photo unless it came. It is of use on the spot only: in quiet hours nothing is said.
func (p Photos) Remind(ctx context.Context, m Moment, tx PhotoTx) (Decision, error) {
	who, when, _ := strings.Cut(m.Due.Slot, ":")
	person, err := strconv.ParseInt(who, 10, 64)
	since, err2 := strconv.ParseInt(when, 10, 64)
	if err != nil || err2 != nil {
		return Decision{Reason: "unreadable slot"}, nil
	}
	if _, ok := m.Org.Person(sales.PersonID(person)); !ok {
		return Decision{Reason: "who scanned has left"}, nil
	}
	came, err := tx.PictureSince(ctx, sales.PersonID(person), m.Due.SubjectID, sales.At(time.Unix(since, 0)))
	if err != nil || came {
		return Decision{Reason: "the photo came"}, err
	}
	if p.Calendar.Quiet(m.Now) {
		return Decision{Reason: "quiet"}, nil
	}
	c, err := tx.CustomerByID(ctx, m.Due.SubjectID)
	if err != nil {
		return Decision{}, err
	}
	return Decision{Reason: "asked for the photo", Reply: bot.Reply{Say: []bot.Say{{
		To: []sales.PersonID{sales.PersonID(person)}, Subject: "customer:" + c.ID.String(), Kind: bot.DeliverPush, Slot: "photo:" + m.Due.Slot,
		Out: bot.Outgoing{Text: c.Name + "扫过码了,还差一张现场照。拍一张发来就附上,没法拍就不用管。"},
	}}}}, nil
}
