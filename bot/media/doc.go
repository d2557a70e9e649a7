// Package media looks at what people send: pictures (their size, their look, a QR code, their text) and voice clips (the
// words). Everything in it is bounded, since anybody may send anything. It knows neither store nor platform.
package media
