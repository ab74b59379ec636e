import { expect, it } from 'vitest';
import { checkAndConnect, checkInNamespace, type PrintedCheck, lacking } from './check-in-namespace.js';
import { describeWith } from '../real-components.js';

const CHAIN = `nft add table inet t
nft add chain inet t input '{ type filter hook input priority 0; policy POLICY; }'`;
const dropping = (...rules: readonly string[]): string =>
  [CHAIN.replace('POLICY', 'drop'), ...rules.map((rule) => `nft add rule inet t input '${rule}'`)].join('\n');
const accepting = (...rules: readonly string[]): string => dropping(...rules).replace('policy drop', 'policy accept');

/** Rules as ufw 0.36 loads them, the repeated ones left out. */
const UFW = `iptables-restore <<'E'
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:ufw-before-input - [0:0]
:ufw-not-local - [0:0]
:ufw-user-input - [0:0]
:ufw-after-input - [0:0]
:ufw-logging-deny - [0:0]
:ufw-skip-to-policy-input - [0:0]
-A INPUT -j ufw-before-input
-A INPUT -j ufw-after-input
-A ufw-before-input -i lo -j ACCEPT
-A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-input -m conntrack --ctstate INVALID -j ufw-logging-deny
-A ufw-before-input -m conntrack --ctstate INVALID -j DROP
-A ufw-before-input -p icmp -m icmp --icmp-type 8 -j ACCEPT
-A ufw-before-input -p udp -m udp --sport 67 --dport 68 -j ACCEPT
-A ufw-before-input -j ufw-not-local
-A ufw-before-input -d 224.0.0.251/32 -p udp -m udp --dport 5353 -j ACCEPT
-A ufw-before-input -j ufw-user-input
-A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN
-A ufw-not-local -m addrtype --dst-type MULTICAST -j RETURN
-A ufw-not-local -j DROP
-A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT
-A ufw-after-input -p tcp -m tcp --dport 445 -j ufw-skip-to-policy-input
-A ufw-skip-to-policy-input -j DROP
COMMIT
E`;

/** Rules as Docker loads them for `-p 10933:10933`. */
const DOCKER = `iptables-restore <<'E'
*nat
:PREROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 10933 -j DNAT --to-destination 172.17.0.2:10933
COMMIT
E`;

/** Drops what arrives by one device. */
const onDevice = (device: string): string => `nft add table netdev n
nft add chain netdev n c '{ type filter hook ingress device ${device} priority 0; policy drop; }'`;

/** Accepts what connection tracking does not see, and a chain for rules before it. */
const UNTRACKED = `${dropping('ct state { established, related, untracked } accept')}
nft add chain inet t pre '{ type filter hook prerouting priority raw; }'`;

const NAT = `nft add table ip n
nft add chain ip n pre '{ type nat hook prerouting priority -100; }'
nft add rule ip n pre tcp dport 10933 RULE`;

/** A rule for another interface by which packets to this host's addresses may arrive. */
const unnumbered = (verdict: 'accept' | 'drop'): string => `ip link add near1 type veth peer name far1
ip link set near1 up
ip link set far1 addrgenmode none
ip link set far1 up
${verdict === 'accept' ? dropping('iifname near1 accept') : dropping('iifname near0 drop', 'iifname near1 accept')}`;

/** A rule of which nft shows the name only. */
const FOREIGN = 'iptables -A INPUT -p udp -m statistic --mode random --probability 0.5 -j ACCEPT';

async function firewall(commands: string, asNobody = false): Promise<readonly PrintedCheck[]> {
  return checkInNamespace(commands, ['--only', 'firewall'], { asNobody });
}
const idsOf = async (commands: string): Promise<readonly string[]> => (await firewall(commands)).map(({ id }) => id);

describeWith(lacking, "this host's firewall", () => {
  it.each<[string, string, readonly string[]]>([
    ['nothing', '', ['firewall.none']],
    ['a chain without rules', accepting(), ['firewall.none']],
    ['a policy that drops', dropping(), ['firewall.blocked']],
    [
      'rules for other ports and replies only',
      dropping(
        'iifname lo accept',
        'ct state established,related accept',
        'ct state invalid drop',
        'tcp dport { 22, 8000-8010 } accept',
        'udp dport 10933 accept',
        'icmp type echo-request accept',
      ),
      ['firewall.blocked'],
    ],
    ['a rule that drops the port', accepting('tcp dport 10933 drop'), ['firewall.blocked']],
    ['a rule that rejects a range', accepting('tcp dport 10000-11000 reject'), ['firewall.blocked']],
    ['a rule for the port before', dropping('tcp dport { 22, 10933 } accept'), ['firewall.allowed']],
    ['a rule for a range of it', dropping('meta l4proto tcp th dport >= 10000 accept'), ['firewall.allowed']],
    [
      'a verdict map of states',
      dropping('ct state vmap { invalid : drop, established : accept }', 'ct state new accept'),
      ['firewall.allowed'],
    ],
    ['a verdict map of ports', accepting('tcp dport vmap { 22 : accept, 10933 : drop }'), ['firewall.blocked']],
    [
      'a rule for some clients',
      dropping('ip saddr 198.51.100.0/24 tcp dport 10933 accept'),
      ['firewall.restricted', 'firewall.blocked'],
    ],
    [
      'a rule for all but some clients',
      accepting('ip saddr 198.51.100.0/24 drop'),
      ['firewall.undecided', 'firewall.none'],
    ],
    ['a rate', dropping('tcp dport 10933 limit rate 10/second accept'), ['firewall.restricted']],
    ['one family only', dropping('meta nfproto ipv4 tcp dport 10933 accept'), ['firewall.allowed', 'firewall.blocked']],
    [
      'the first packet of a connection',
      accepting('tcp flags & (fin|syn|rst|ack) == syn tcp dport 10933 drop'),
      ['firewall.blocked'],
    ],
    ['another interface', dropping('iifname "far0" accept', 'iifname "other*" accept'), ['firewall.blocked']],
    ['its interface', dropping('iifname "near*" accept'), ['firewall.allowed']],
    [
      'jumps',
      `${dropping()}\nnft add chain inet t services\nnft add rule inet t services tcp dport 10933 accept\nnft add rule inet t input ct state new jump services`,
      ['firewall.allowed'],
    ],
    [
      'a set',
      `${dropping()}\nnft add set inet t open '{ type inet_service; flags interval; elements = { 22, 10930-10940 }; }'\nnft add rule inet t input tcp dport @open accept`,
      ['firewall.allowed'],
    ],
    [
      'two tables, of which one drops',
      `${accepting()}\nnft add table ip late\nnft add chain ip late input '{ type filter hook input priority 10; }'\nnft add rule ip late input tcp dport 10933 drop`,
      ['firewall.blocked', 'firewall.none'],
    ],
    [
      'a redirection',
      `nft add table ip n\nnft add chain ip n pre '{ type nat hook prerouting priority -100; }'\nnft add rule ip n pre tcp dport 10933 redirect to :8443`,
      ['firewall.redirected', 'firewall.none'],
    ],
    ['a dormant table', `${dropping()}\nnft add table inet t '{ flags dormant; }'`, ['firewall.none']],
    [
      'iptables (nft): a drop with a comment',
      `iptables -A INPUT -p tcp -m tcp --dport 10933 -m comment --comment 'x y' -j DROP`,
      ['firewall.blocked', 'firewall.none'],
    ],
    [
      'iptables (nft): several ports',
      `iptables -P INPUT DROP\niptables -A INPUT -i lo -j ACCEPT\niptables -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\niptables -A INPUT -p tcp -m multiport --dports 22,10930:10940 -j ACCEPT`,
      ['firewall.allowed', 'firewall.none'],
    ],
    [
      'iptables (nft): a chain of its own',
      `iptables -N mine\niptables -A mine -p tcp --dport 10933 --syn -j REJECT\niptables -A INPUT -p tcp -j mine`,
      ['firewall.blocked', 'firewall.none'],
    ],
    [
      'iptables (nft): an unknown match',
      `iptables -P INPUT DROP\niptables -A INPUT -p tcp --dport 10933 -m limit --limit 5/s -j ACCEPT`,
      ['firewall.restricted', 'firewall.none'],
    ],
    [
      'iptables (legacy)',
      `iptables-legacy -A INPUT -p tcp --dport 10933 -j DROP`,
      ['firewall.blocked', 'firewall.none'],
    ],
    [
      'iptables (legacy) for another port',
      `iptables-legacy -A INPUT -p tcp --dport 22 -j DROP\niptables-legacy -A INPUT -p tcp -j ACCEPT`,
      ['firewall.allowed', 'firewall.none'],
    ],
    ['the rules of ufw, with the port', UFW.replace('22 -j', '10933 -j'), ['firewall.allowed', 'firewall.none']],
    ['the rules of ufw, without the port', UFW, ['firewall.blocked', 'firewall.none']],
    ['a port that Docker forwards to a container', DOCKER, ['firewall.redirected', 'firewall.none']],
    ['a chain of loopback', onDevice('lo'), ['firewall.none']],
    ['a chain of its device', onDevice('near0'), ['firewall.blocked']],
    ['a chain of another device, which may be below it', onDevice('far0'), ['firewall.undecided']],
    [
      'packets without a state',
      `${UNTRACKED}\nnft add rule inet t pre tcp dport 10933 notrack`,
      ['firewall.restricted'],
    ],
    [
      'packets of another port without a state',
      `${UNTRACKED}\nnft add rule inet t pre tcp dport 10934 notrack`,
      ['firewall.blocked'],
    ],
    [
      'iptables: packets without a state',
      `iptables -P INPUT DROP\niptables -t raw -A PREROUTING -p tcp --dport 10933 -j CT --notrack\niptables -A INPUT -m conntrack --ctstate UNTRACKED -j ACCEPT`,
      ['firewall.restricted', 'firewall.none'],
    ],
    ['senders to which a route leads', dropping('fib saddr . iif oif exists accept'), ['firewall.allowed']],
    ['senders to which no route leads', accepting('fib saddr . iif oif missing drop'), ['firewall.none']],
    ['the same by number', accepting('fib saddr . iif oif 0 drop'), ['firewall.none']],
    [
      'a verdict map of another protocol, with a verdict for the rest',
      accepting('udp dport vmap { 53 : accept, * : drop }'),
      ['firewall.none'],
    ],
    [
      'a verdict map with one for the rest',
      accepting('tcp dport vmap { 22 : accept, * : drop }'),
      ['firewall.blocked'],
    ],
    ['a chain of translations that drops', NAT.replace('RULE', 'drop'), ['firewall.undecided', 'firewall.none']],
    ['an interface without an address of its own', unnumbered('accept'), ['firewall.restricted']],
    ['a rule for all interfaces but one without an address', unnumbered('drop'), ['firewall.restricted']],
    [
      'iptables (nft): a chain beside it that iptables does not know',
      `${FOREIGN}\nnft add chain ip filter other '{ type filter hook input priority -10; }'\nnft add rule ip filter other tcp dport 10933 drop`,
      ['firewall.blocked', 'firewall.none'],
    ],
    [
      'iptables (nft): a rule that iptables cannot express',
      `${FOREIGN}\nnft add rule ip filter INPUT tcp dport vmap '{ 10933 : drop }'`,
      ['firewall.blocked', 'firewall.none'],
    ],
    [
      'iptables (nft): a target after which the packet does not go on',
      `iptables -A INPUT -p tcp --dport 10933 -j NFQUEUE`,
      ['firewall.undecided', 'firewall.none'],
    ],
    [
      'a transparent proxy',
      `iptables -t mangle -A PREROUTING -p tcp --dport 10933 -j TPROXY --on-port 1234`,
      ['firewall.redirected', 'firewall.none'],
    ],
  ])('has %s', async (_, commands, expected) => {
    expect([...(await idsOf(commands))].sort()).toEqual([...expected].sort());
  });

  it('shows the rules that it is judged by', async () => {
    const [blocked] = await firewall(accepting('tcp dport 10933 drop'));
    expect(blocked?.evidence[0]).toMatch(/^inet t input: tcp dport 10933 drop/);
  });

  it('is not readable for another account, which says what it lacked', async () => {
    const [unread] = await firewall(dropping(), true);
    expect(unread).toMatchObject({ id: 'firewall.unread', status: 'unknown' });
  });

  it.each<[string, string]>([
    ['firewall.none', ''],
    ['firewall.blocked', dropping('tcp dport 22 accept', 'ct state established,related accept')],
    ['firewall.blocked', accepting('tcp dport 10000-11000 reject')],
    ['firewall.allowed', dropping('meta l4proto tcp th dport >= 10000 accept')],
    ['firewall.allowed', dropping('iifname "near*" ct state vmap { invalid : drop, new : accept }')],
    ['firewall.blocked', 'iptables -A INPUT -p tcp --dport 10933 --syn -j REJECT'],
    ['firewall.blocked', 'iptables-legacy -A INPUT -p tcp --dport 10933 -j DROP'],
    ['firewall.allowed', UFW.replace('22 -j', '10933 -j')],
    ['firewall.blocked', UFW],
    ['firewall.none', onDevice('lo')],
    ['firewall.blocked', onDevice('near0')],
    ['firewall.restricted', `${UNTRACKED}\nnft add rule inet t pre tcp dport 10933 notrack`],
    ['firewall.allowed', dropping('fib saddr . iif oif exists accept')],
    ['firewall.none', accepting('udp dport vmap { 53 : accept, * : drop }')],
    ['firewall.undecided', NAT.replace('RULE', 'drop')],
    ['firewall.blocked', `${FOREIGN}\nnft add rule ip filter INPUT tcp dport vmap '{ 10933 : drop }'`],
  ])('is %s, and a connection from another host agrees', async (id, rules) => {
    // Silence that is expected takes the whole time; an answer comes late on a busy machine only.
    const seconds = id === 'firewall.blocked' ? 2 : 30;
    const { checks, isReached } = await checkAndConnect(rules, ['--only', 'firewall'], seconds);
    expect(checks[0]?.id).toBe(id);
    expect(isReached).toBe(id !== 'firewall.blocked');
  });
});
