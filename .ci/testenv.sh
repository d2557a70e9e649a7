#!/usr/bin/env bash
# The servers the tests need, on free local ports and in a folder of their own, so that several runs can go on at once.
#
#   .ci/testenv.sh start DIR   starts what is not given from outside and prints exports for the shell
#   .ci/testenv.sh stop DIR    stops what start began in DIR and removes DIR
#
# What the environment already names (SALESFLOW_TEST_MYSQL_DSN, SALESFLOW_TEST_REDIS_ADDR, SALESFLOW_TEST_CHROMIUM) is
# used as it is. Everything else comes from Debian packages, which are installed when they are missing and we are root.
set -euo pipefail

say() { printf 'testenv: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# find_tool NAME…: the first of the programs that exists.
find_tool() {
	local name
	for name in "$@"; do
		command -v "$name" 2>/dev/null && return 0
		[ -x "/usr/sbin/$name" ] && { echo "/usr/sbin/$name"; return 0; }
	done
	return 1
}

have_cjk_font() { ls /usr/share/fonts/opentype/noto/Noto*CJK* >/dev/null 2>&1 || fc-list :lang=zh 2>/dev/null | grep -q .; }

# need_packages: the Debian packages that are missing for what start will have to bring up.
need_packages() {
	if [ -z "${SALESFLOW_TEST_MYSQL_DSN:-}" ]; then
		find_tool mariadbd mysqld >/dev/null && find_tool mariadb-install-db mysql_install_db >/dev/null || echo mariadb-server
	fi
	if [ -z "${SALESFLOW_TEST_REDIS_ADDR:-}" ]; then
		find_tool redis-server >/dev/null || echo redis-server
	fi
	if [ -z "${SALESFLOW_TEST_CHROMIUM:-}" ]; then
		find_tool chromium chromium-browser google-chrome >/dev/null || echo chromium
		have_cjk_font || echo fonts-noto-cjk
	fi
}

install_missing() {
	local missing
	missing=$(need_packages)
	[ -n "$missing" ] || return 0
	missing=$(tr '\n' ' ' <<<"$missing")
	command -v apt-get >/dev/null || die "missing: $missing- install them, or name running servers in SALESFLOW_TEST_MYSQL_DSN and SALESFLOW_TEST_REDIS_ADDR and a browser in SALESFLOW_TEST_CHROMIUM"
	[ "$(id -u)" = 0 ] || die "missing packages: run 'sudo apt-get install $missing' once"
	say "installing $missing"
	export DEBIAN_FRONTEND=noninteractive
	# The packages would start their own servers on the usual ports; the tests use private ones.
	local policy=/usr/sbin/policy-rc.d made_policy=
	if [ ! -e "$policy" ]; then
		printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made_policy=1
	fi
	# shellcheck disable=SC2086
	{ apt-get update -q && apt-get install -qy --no-install-recommends -o DPkg::Lock::Timeout=300 $missing; } </dev/null >&2 ||
		{ [ -z "$made_policy" ] || rm -f "$policy"; die "apt-get could not install: $missing"; }
	[ -z "$made_policy" ] || rm -f "$policy"
}

# random_port: a port below the range the kernel hands out by itself. It may be taken: whoever binds it tries again.
random_port() { echo $((15000 + (RANDOM * 32768 + RANDOM) % 17000)); }

alive() { kill -0 "$1" 2>/dev/null; }

# spawn NAME COMMAND…: runs it in a session of its own (Ctrl-C is for the script, which stops it in order) and notes its pid.
spawn() {
	local name=$1
	shift
	setsid "$@" >"$dir/$name.log" 2>&1 </dev/null &
	echo $! >"$dir/$name.pid"
}

# wait_up NAME COMMAND…: true once the command succeeds, false when NAME died or a minute has passed.
wait_up() {
	local name=$1 pid i
	shift
	pid=$(cat "$dir/$name.pid")
	for ((i = 0; i < 600; i++)); do
		"$@" >/dev/null 2>&1 && alive "$pid" && return 0
		alive "$pid" || return 1
		sleep 0.1
	done
	return 1
}

start_mariadb() {
	local server installer client user port try
	server=$(find_tool mariadbd mysqld)
	installer=$(find_tool mariadb-install-db mysql_install_db)
	client=$(find_tool mariadb-admin mysqladmin)
	user=$(id -un)
	# --no-defaults: neither the machine's my.cnf nor Debian's utf8mb4 default, so that the tests meet a stock server
	# (latin1) and only the program's own words make it utf8mb4.
	# Nothing of it outlives the machine, so it never waits for the disk: a schema is some thousand waits, and there is one for each test.
	# A folder for temporary tables of its own: two installations at once collide in a shared one.
	mkdir -p "$dir/tmp"
	"$installer" --no-defaults --tmpdir="$dir/tmp" --user="$user" --datadir="$dir/mysql" --auth-root-authentication-method=normal \
		--skip-test-db >"$dir/install.log" 2>&1 || { cat "$dir/install.log" >&2; die "mariadb-install-db did not succeed"; }
	cat >"$dir/init.sql" <<-'SQL'
		CREATE USER IF NOT EXISTS 'salesflow'@'%' IDENTIFIED BY 'salesflow';
		GRANT ALL ON *.* TO 'salesflow'@'%';
		CREATE DATABASE IF NOT EXISTS salesflow_test;
	SQL
	chmod 644 "$dir/init.sql"
	for try in 1 2 3 4 5; do
		port=$(random_port)
		spawn mariadb "$server" --no-defaults --user="$user" --datadir="$dir/mysql" --tmpdir="$dir/tmp" --socket="$dir/mysql.sock" \
			--pid-file="$dir/mysqld.pid" --bind-address=127.0.0.1 --port="$port" --skip-name-resolve --skip-log-bin \
			--innodb-buffer-pool-size=256M --innodb-log-file-size=96M --innodb-flush-log-at-trx-commit=2 \
			--innodb-lock-wait-timeout=5 --max-connections=400 --performance-schema=OFF --innodb-flush-method=nosync --loose-sync-frm=OFF \
			${SALESFLOW_TEST_MYSQL_OPTIONS:-} --init-file="$dir/init.sql"
		# Asked through its own socket: on the port somebody else might answer. The init file has run by then.
		if wait_up mariadb "$client" --no-defaults --socket="$dir/mysql.sock" -uroot ping; then
			mysql_dsn="salesflow:salesflow@tcp(127.0.0.1:$port)/salesflow_test"
			return 0
		fi
		say "MariaDB did not start on port $port (try $try)"
		stop_one mariadb
	done
	tail -n 30 "$dir/mariadb.log" >&2
	die "MariaDB did not start"
}

start_redis() {
	local server port try
	server=$(find_tool redis-server)
	for try in 1 2 3 4 5; do
		port=$(random_port)
		spawn redis "$server" --port "$port" --bind 127.0.0.1 --save '' --appendonly no --dir "$dir"
		if wait_up redis grep -q 'Ready to accept connections' "$dir/redis.log"; then
			redis_addr="127.0.0.1:$port"
			return 0
		fi
		say "Redis did not start on port $port (try $try)"
		stop_one redis
	done
	tail -n 30 "$dir/redis.log" >&2
	die "Redis did not start"
}

# stop_one NAME: asks the server to stop, and makes it stop after 20 seconds.
stop_one() {
	local pid i
	[ -s "$dir/$1.pid" ] || return 0
	pid=$(cat "$dir/$1.pid")
	rm -f "$dir/$1.pid"
	kill -TERM "$pid" 2>/dev/null || return 0
	for ((i = 0; i < 200; i++)); do
		alive "$pid" || return 0
		sleep 0.1
	done
	kill -KILL "$pid" 2>/dev/null || true
}

start() {
	if [ -s "$dir/exports" ]; then
		say "already running in $dir"
		cat "$dir/exports"
		return 0
	fi
	local mysql_dsn=${SALESFLOW_TEST_MYSQL_DSN:-} redis_addr=${SALESFLOW_TEST_REDIS_ADDR:-} chromium=${SALESFLOW_TEST_CHROMIUM:-}
	install_missing
	mkdir -p "$dir"
	touch "$dir/.testenv"
	trap stop EXIT
	trap 'exit 1' INT TERM HUP
	[ -n "$mysql_dsn" ] || start_mariadb
	[ -n "$redis_addr" ] || start_redis
	[ -n "$chromium" ] || chromium=$(find_tool chromium chromium-browser google-chrome)
	trap - EXIT INT TERM HUP
	{
		printf "export SALESFLOW_TEST_MYSQL_DSN='%s'\n" "$mysql_dsn"
		printf "export SALESFLOW_TEST_REDIS_ADDR='%s'\n" "$redis_addr"
		printf "export SALESFLOW_TEST_CHROMIUM='%s'\n" "$chromium"
	} | tee "$dir/exports"
}

stop() {
	stop_one mariadb
	stop_one redis
	rm -rf "$dir"
}

[ $# = 2 ] || die "usage: testenv.sh start|stop DIR"
case $2 in /*) dir=$2 ;; *) dir=$PWD/$2 ;; esac
case $1 in
start) start ;;
stop) if [ -e "$dir/.testenv" ]; then stop; fi ;;
*) die "usage: testenv.sh start|stop DIR" ;;
esac
