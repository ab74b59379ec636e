import { type ForeignText, NET_FRAMEWORK_TEXTS } from './net-framework-texts.js';

/**
 * Texts of Windows for socket errors in other languages. Windows prints them in the language of the system, while the
 * messages around them, of Halibut and Octopus, stay English. .NET Framework prints no error number beside them.
 */
const SOCKET_TEXTS: readonly ForeignText[] = [
  {
    // WSAECONNREFUSED, 10061
    english: 'because the target machine actively refused it',
    parts: [
      'da der Zielcomputer die Verbindung verweigerte',
      "car l'ordinateur cible l'a expressément refusée",
      'ya que el equipo de destino denegó expresamente dicha conexión',
      'Rifiuto persistente del computer di destinazione',
      'porque a máquina de destino as recusou ativamente',
      'porque o computador de destino as recusou ativamente',
      'omdat de doelcomputer de verbinding actief heeft geweigerd',
      'т.к. конечный компьютер отверг запрос на подключение',
      'komputer docelowy aktywnie go odmawia',
      '対象のコンピューターによって拒否されたため、接続できませんでした',
      '由于目标计算机积极拒绝,无法连接',
      '由於目標電腦拒絕連線,因此無法建立連線',
      '대상 컴퓨터에서 연결을 거부했으므로 연결하지 못했습니다',
      'Hedef makine etkin olarak reddettiğinden bağlantı kurulamadı',
      'eftersom måldatorn aktivt nekade det',
      'protože cílový počítač je aktivně odmítl',
      'mert a célszámítógép már visszautasította a kapcsolatot',
    ],
  },
  {
    // WSAECONNRESET, 10054
    english: 'an existing connection was forcibly closed by the remote host',
    parts: [
      'Eine vorhandene Verbindung wurde vom Remotehost geschlossen',
      "Une connexion existante a dû être fermée par l'hôte distant",
      'Se ha forzado la interrupción de una conexión existente por el host remoto',
      "Connessione in corso interrotta forzatamente dall'host remoto",
      'Foi forçado o cancelamento de uma conexão existente pelo host remoto',
      'gesloten door de externe host',
      'Удаленный хост принудительно разорвал существующее подключение',
      'zamknięte przez zdalnego hosta',
      '既存の接続はリモート ホストに強制的に切断されました',
      '远程主机强迫关闭了一个现有的连接',
      '遠端主機已強制關閉一個現存的連線',
      '현재 연결은 원격 호스트에 의해 강제로 끊겼습니다',
      'Varolan bir bağlantı uzaktaki bir ana bilgisayar tarafından zorla kapatıldı',
      'En befintlig anslutning tvingades att stänga av fjärrvärddatorn',
      'připojení bylo vynuceně ukončeno vzdáleným hostitelem',
    ],
  },
  {
    // WSAETIMEDOUT, 10060
    english: 'connected party did not properly respond after a period of time',
    parts: [
      'da die Gegenstelle nach einer bestimmten Zeitspanne nicht richtig reagiert hat',
      "le parti connecté n'a pas répondu convenablement au-delà d'une certaine durée",
      "le participant connecté n'a pas répondu convenablement au-delà d'une certaine durée",
      'la parte conectada no respondió adecuadamente tras un periodo de tiempo',
      'la parte conectada no respondió adecuadamente tras un período de tiempo',
      "Risposta non corretta della parte connessa dopo l'intervallo di tempo",
      'o componente conectado não respondeu corretamente após um período de tempo',
      'de verbonden partij niet correct heeft gereageerd na een bepaalde periode',
      'omdat de verbonden host niet heeft gereageerd',
      'т.к. от другого компьютера за требуемое время не получен нужный отклик',
      'połączona strona nie odpowiedziała poprawnie po ustalonym okresie czasu',
      '接続済みの呼び出し先が一定の時間を過ぎても正しく応答しなかったため、接続できませんでした',
      '由于连接方在一段时间后没有正确答复或连接的主机没有反应',
      '連線對象有一段時間並未正確回應',
      '연결된 구성원으로부터 응답이 없어 연결하지 못했거나',
      'anslutningsförsök misslyckades eftersom den anslutna parten inte svarade',
      'protože připojená strana v časovém intervalu řádně neodpověděla',
    ],
  },
  {
    // WSAECONNABORTED, 10053
    english: 'an established connection was aborted by the software in your host machine',
    parts: [
      'Eine bestehende Verbindung wurde softwaregesteuert durch den Hostcomputer abgebrochen',
      'Une connexion établie a été abandonnée par un logiciel de votre ordinateur hôte',
      'Se ha anulado una conexión establecida por el software en su equipo host',
      'Программа на вашем хост-компьютере разорвала установленное подключение',
      '主机中的软件中止了一个已建立的连接',
      'Uma conexão estabelecida foi anulada pelo software no computador host',
      'Connessione stabilita interrotta dal software del computer host',
      'przerwane przez oprogramowanie zainstalowane w komputerze',
      '確立された接続がホスト コンピューターのソフトウェアによって中止されました',
    ],
  },
];

/** WSAHOST_NOT_FOUND, 11001: texts so short that they only count where a message ends. */
const HOST_NOT_FOUND: ForeignText = {
  english: 'no such host is known',
  parts: [
    'Der angegebene Host ist unbekannt',
    'Hôte inconnu',
    'Host desconocido',
    'Host sconosciuto',
    'Este host não é conhecido',
    'Este anfitrião não é conhecido',
    'host is onbekend',
    'Onbekende host',
    'Этот хост неизвестен',
    'Nieznany host',
    'そのようなホストは不明です',
    '不知道这样的主机',
    '알려진 호스트가 없습니다',
    'Bilinen böyle bir ana bilgisayar yok',
  ],
};

const MESSAGE_END = '(?=[.!\u3002\'"]|\\s{0,3}\\(|\\s{0,3}$)';

/** The parts by their ASCII letters alone: without accents, and without what another encoding replaced. */
const REPLACEMENTS: readonly (readonly [regex: RegExp, english: string])[] = [
  ...[...SOCKET_TEXTS, ...NET_FRAMEWORK_TEXTS].flatMap(({ english, parts }) =>
    parts.map((part) => [part, english, ''] as const),
  ),
  ...HOST_NOT_FOUND.parts.map((part) => [part, HOST_NOT_FOUND.english, MESSAGE_END] as const),
].map(([part, english, end]) => [new RegExp(`${escape(fold(part))}${end}`, 'gi'), english]);

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

const NON_ASCII = /[^\t\x20-\x7e]/;

/** The texts that consist of ASCII letters, also those that lost their accents. */
export const ASCII_TEXTS: readonly string[] = [...SOCKET_TEXTS, ...NET_FRAMEWORK_TEXTS, HOST_NOT_FOUND]
  .flatMap(({ parts }) => parts.map((part) => fold(part).toLowerCase()))
  .filter((part) => !NON_ASCII.test(part));

/** Text in one form: the same letters without accents, ASCII punctuation and quotes, single spaces. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[\u2018\u2019]/g, "'")
    .replaceAll(/[\u3001\uff0c]/g, ',')
    .replaceAll(/\s+/g, ' ');
}

const ANY = new RegExp(REPLACEMENTS.map(([{ source }]) => source).join('|'), 'i');

/** The line with the texts of Windows in English; the same line if it contains none of them. */
export function translateSocketTexts(line: string): string {
  const folded = fold(line);
  if (!ANY.test(folded)) return line;
  return REPLACEMENTS.reduce((text, [regex, english]) => text.replaceAll(regex, english), folded);
}

/** Whether a line contains letters that are not ASCII. */
export function hasOtherLetters(line: string): boolean {
  return NON_ASCII.test(line);
}
