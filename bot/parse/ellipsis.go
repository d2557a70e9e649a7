package parse

// inheritGoods gives a frame that counts something without naming it the goods of the frame before, where both are of a kind
// and the goods are sold in that unit: 宁外报了黑板40套70万,绍兴实小报了12套21万.
func (m *message) inheritGoods(frames []Frame) {
	for k := 1; k < len(frames); k++ {
		f, b := &frames[k], frames[k-1]
		if len(f.Products) > 0 || len(b.Products) != 1 || f.Kind != b.Kind || len(f.Quantities) != 1 || len(b.Quantities) != 1 || f.Quantities[0].Unit != b.Quantities[0].Unit {
			continue
		}
		if p, ok := m.x.Product(b.Products[0].ID); ok && p.Unit == f.Quantities[0].Unit {
			f.Products = append(f.Products, b.Products[0])
		}
	}
}

// pastProducts names the goods of before where the message is about nothing else: they are complained of, asked for again or to be
// replaced (上次那批螺栓用着不错,还要三吨).
func (m *message) pastProducts(f *Frame, p part) {
	if len(f.Products) > 0 || f.Kind != KindComplaint && !m.countIn(p.i, p.j) && !m.has(p.i, p.j, "还要", "再要", "再来", "再订", "再加", "加", "想换", "要换", "该换", "得换", "准备换", "打算换", "想更新", "要更新") {
		return
	}
	for _, h := range m.prods {
		if h.i >= p.i && h.i < p.j && h.past {
			f.Products = append(f.Products, h.ref)
			return
		}
	}
}
