// Package browser drives a headless Chromium over the DevTools protocol, for tests that use the page as a person does:
// type, tap, read. A tap is a mouse event at the place where the element is, so what is covered or off the screen cannot
// be tapped. Waiting has a limit and ends the test with what was there instead.
//
// The browser is SALESFLOW_TEST_CHROMIUM or /usr/bin/chromium; without one the test fails.
package browser
