// Package page shows the simulated company's phones on a web page and serves the control surface of the simulators.
//
// The page is at "/", its assets and forms are under "/_page/", the control surface is under "/_sim/": people, say, file,
// click, inbox, clock and fault, in JSON. Everything answers loopback only, under a loopback name, and refuses what other
// sites make a browser send.
//
// The page knows the simulators and nothing of the bot behind them. Phones are drawn by the server; htmx puts the
// fragments in place, one event stream carries them. A phone that is on the page counts as read.
package page
