package handlers

import (
	"context"
	"time"

	"salesflow/store/sales"
)

// NativeTx reads and writes approvals whose place is a platform's own.
type NativeTx interface {
	CreateNative(n sales.NativeApproval)
	UpdateNative(n sales.NativeApproval)
	NativeByID(ctx context.Context, id sales.ID) (sales.NativeApproval, error)
	NativeByRequest(ctx context.Context, request sales.ID) (sales.NativeApproval, error)
	// WakeNative has the one of a reference looked at now.
	WakeNative(platform, ref string, now time.Time)
}
