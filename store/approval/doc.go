// Package approval decides what may happen to an approval request (审批单) and what follows from it. Everything here is a
// pure function of its arguments: no clock, no database, no chat. A verb takes a request, who acts and when, and returns
// the changed request with an Outcome that says whom to tell; the request given is never changed.
//
//	             Submit
//	               │  no step of the policy applies, or every seat was filled by who had signed before
//	               ├──────────────────────────────────────────────────────────────┐
//	               ▼                                                              │
//	        ┌─────────────┐  Approve, the last one of the last step        ┌──────▼─────┐
//	   ┌───▶│   pending   ├───────────────────────────────────────────────▶│  approved  │
//	   │    │             │  Reject (reason)                               └────────────┘
//	   │    │  step 1..n  ├───────────────────────────────────────────────▶┌────────────┐
//	   │    │             │                                                │  rejected  │
//	   │    └─┬───┬─────┬─┘                                                └────────────┘
//	   │      │   ▲     │    Withdraw (requester)
//	   │      │   │     └─────────────────────────────────────────────────▶┌────────────┐
//	   │      │   │ Approve (not the last), Transfer,                      │  withdrawn │
//	   │      │   └ AddApprover, Nudge, Comment                            └────────────┘
//	   │      │ SendBack (reason)                                                 ▲
//	   │      ▼                                                                   │
//	   │    ┌─────────────┐  Withdraw (requester)                                 │
//	   └────┤  returned   ├───────────────────────────────────────────────────────┘
//	Resubmit└─────────────┘  Comment stays
//	(requester; resumes at who sent it back)
//
// approved, rejected and withdrawn are final: every verb on them is refused with who decided and when.
//
// Steps are done one after another. Within a step the seats are filled
//
//	AllOf 会签    all at once, each must approve
//	AnyOf 或签    all at once, the first to approve completes the step, the others are skipped
//	InOrder 依次  one after another
//
// and a seat is a chain: whoever Transfer or AddApprover brings in shares the seat of who brought them. One Reject or
// SendBack is enough in every mode. While a request is pending, exactly one step has pending approvers.
//
//	waiting ──▶ pending ──▶ approved | rejected | returned | transferred | skipped
//	   ▲           │
//	   └───────────┘ somebody was put before, or the request was sent back
package approval
