// Package render turns the neutral card into what a platform takes: WeCom's template card, the variables of our one
// DingTalk card template, or text where cards cannot be.
//
// Rendering never fails because a text is long: texts are cut where the platform would cut or refuse them, never inside
// a character, a picture character or a number. It fails only for a card that is wrong in itself, such as a button
// without an action. This package must not know records, storage or how anything is sent.
package render
