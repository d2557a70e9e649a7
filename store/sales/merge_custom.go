package sales

import "slices"

// same reports whether two values of a custom field say the same thing.
func (v CustomValue) same(o CustomValue) bool {
	return v.Filled == o.Filled && v.Text == o.Text && v.Num == o.Num && v.Day == o.Day && v.Ref == o.Ref
}

// WithCustom joins the custom values of both sides: what only one side has stays; of two that contradict each other the one that was
// written last. from and into may hold values of other objects, which are left out.
func (s MergeSides) WithCustom(from, into []CustomValue) MergeSides {
	of := func(list []CustomValue) []CustomValue {
		return slices.DeleteFunc(slices.Clone(list), func(v CustomValue) bool { return v.Object != "customer" })
	}
	s.FromCustom, s.IntoCustom = of(from), of(into)
	s.AfterCustom = slices.Clone(s.IntoCustom)
	for _, v := range s.FromCustom {
		if !v.Filled {
			continue
		}
		v.RecordID = s.Into.ID
		i := slices.IndexFunc(s.AfterCustom, func(o CustomValue) bool { return o.Field == v.Field })
		switch {
		case i < 0:
			v.ID, v.Version = 0, 0
			s.AfterCustom = append(s.AfterCustom, v)
		case !s.AfterCustom[i].Filled || v.At.After(s.AfterCustom[i].At.Time) && !v.same(s.AfterCustom[i]):
			v.ID, v.Version = s.AfterCustom[i].ID, s.AfterCustom[i].Version
			s.AfterCustom[i] = v
		}
	}
	return s
}

// BroughtCustom are the values a merge writes to the side that stays.
func (s MergeSides) BroughtCustom() []CustomValue {
	var out []CustomValue
	for _, v := range s.AfterCustom {
		if !v.same(CustomNamed(s.IntoCustom, v.Object, v.Field)) {
			out = append(out, v)
		}
	}
	return out
}

// UnmergeCustom are the values to write when a merge is taken back: those it brought are again what they were, unless somebody has
// changed them since. now are the values as they are.
func (s MergeSides) UnmergeCustom(now []CustomValue) []CustomValue {
	var out []CustomValue
	for _, v := range s.BroughtCustom() {
		is := CustomNamed(now, v.Object, v.Field)
		if !is.same(v) {
			continue
		}
		back := CustomNamed(s.IntoCustom, v.Object, v.Field)
		back.ID, back.Version, back.RecordID = is.ID, is.Version, s.Into.ID
		out = append(out, back)
	}
	return out
}
