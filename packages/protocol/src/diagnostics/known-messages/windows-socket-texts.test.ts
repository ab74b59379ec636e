import { describe, expect, it } from 'vitest';
import { findKnownMessage } from './find-known-message.js';
import type { KnownMessageId } from './table.js';
import { translateSocketTexts } from './windows-socket-texts.js';

/** Texts of Windows as programs printed them, by the number of the error. */
const TEXTS: Readonly<Record<number, readonly string[]>> = {
  10061: [
    'Es konnte keine Verbindung hergestellt werden, da der Zielcomputer die Verbindung verweigerte',
    'Aucune connexion n\u2019a pu être établie car l\u2019ordinateur cible l\u2019a expressément refusée',
    'No se puede establecer una conexión ya que el equipo de destino denegó expresamente dicha conexión',
    'Impossibile stabilire la connessione. Rifiuto persistente del computer di destinazione.',
    'Nenhuma conexão pôde ser feita porque a máquina de destino as recusou ativamente.',
    'Kan geen verbinding maken omdat de doelcomputer de verbinding actief heeft geweigerd.',
    'Подключение не установлено, т.к. конечный компьютер отверг запрос на подключение.',
    'Nie można nawiązać połączenia, ponieważ komputer docelowy aktywnie go odmawia.',
    '対象のコンピューターによって拒否されたため、接続できませんでした。',
    '由于目标计算机积极拒绝，无法连接。',
    '대상 컴퓨터에서 연결을 거부했으므로 연결하지 못했습니다.',
    'Hedef makine etkin olarak reddettiğinden bağlantı kurulamadı.',
    'Nemohlo být vytvořeno žádné připojení, protože cílový počítač je aktivně odmítl.',
    'Nem hozható létre kapcsolat, mert a célszámítógép már visszautasította a kapcsolatot.',
  ],
  10054: [
    'Eine vorhandene Verbindung wurde vom Remotehost geschlossen',
    'Une connexion existante a dû être fermée par l\u2019hôte distant',
    'Se ha forzado la interrupción de una conexión existente por el host remoto',
    "Connessione in corso interrotta forzatamente dall'host remoto.",
    'Foi forçado o cancelamento de uma conexão existente pelo host remoto.',
    'Een bestaande verbinding is geforceerd gesloten door de externe host.',
    'Удаленный хост принудительно разорвал существующее подключение',
    'Istniejące połączenie zostało gwałtownie zamknięte przez zdalnego hosta.',
    '既存の接続はリモート ホストに強制的に切断されました。',
    '远程主机强迫关闭了一个现有的连接。',
    '현재 연결은 원격 호스트에 의해 강제로 끊겼습니다.',
    'Varolan bir bağlantı uzaktaki bir ana bilgisayar tarafından zorla kapatıldı',
    'Stávající připojení bylo vynuceně ukončeno vzdáleným hostitelem.',
  ],
  10060: [
    'Ein Verbindungsversuch ist fehlgeschlagen, da die Gegenstelle nach einer bestimmten Zeitspanne nicht richtig reagiert hat, oder die hergestellte Verbindung war fehlerhaft, da der verbundene Host nicht reagiert hat',
    'Une tentative de connexion a échoué car le parti connecté n\u2019a pas répondu convenablement au-delà d\u2019une certaine durée ou une connexion établie a échoué car l\u2019hôte de connexion n\u2019a pas répondu.',
    'Se produjo un error durante el intento de conexión ya que la parte conectada no respondió adecuadamente tras un periodo de tiempo, o bien se produjo un error en la conexión establecida ya que el host conectado no ha podido responder',
    "Impossibile stabilire la connessione. Risposta non corretta della parte connessa dopo l'intervallo di tempo oppure mancata risposta dall'host collegato.",
    'Uma tentativa de conexão falhou porque o componente conectado não respondeu corretamente após um período de tempo ou a conexão estabelecida falhou porque o host conectado não respondeu',
    'Een verbindingspoging is mislukt omdat de verbonden partij niet correct heeft gereageerd na een bepaalde periode, of omdat de tot stand gebrachte verbinding is mislukt omdat de verbonden host niet heeft gereageerd.',
    'Попытка установить соединение была безуспешной, т.к. от другого компьютера за требуемое время не получен нужный отклик, или было разорвано уже установленное соединение из-за неверного отклика уже подключенного компьютера',
    'Próba połączenia nie powiodła się, ponieważ połączona strona nie odpowiedziała poprawnie po ustalonym okresie czasu lub utworzone połączenie nie powiodło się, ponieważ połączony host nie odpowiedział',
    '接続済みの呼び出し先が一定の時間を過ぎても正しく応答しなかったため、接続できませんでした。または接続済みのホストが応答しなかったため、確立された接続は失敗しました。',
    '由于连接方在一段时间后没有正确答复或连接的主机没有反应，连接尝试失败。',
    '連線嘗試失敗，因為連線對象有一段時間並未正確回應，或是連線建立失敗，因為連線的主機無法回應。',
    '연결된 구성원으로부터 응답이 없어 연결하지 못했거나, 호스트로부터 응답이 없어 연결이 끊어졌습니다.',
    'Pokus o připojení selhal, protože připojená strana v časovém intervalu řádně neodpověděla, nebo vytvořené připojení selhalo, protože neodpověděl připojený hostitel',
  ],
  10053: [
    'Nawiązane połączenie zostało przerwane przez oprogramowanie zainstalowane w komputerze-hoście',
    '確立された接続がホスト コンピューターのソフトウェアによって中止されました。',
    'Connessione stabilita interrotta dal software del computer host.',
  ],
  11001: [
    'Der angegebene Host ist unbekannt.',
    'Hôte inconnu.',
    'Host desconocido.',
    'Host sconosciuto.',
    'Este host não é conhecido.',
    'De opgegeven host is onbekend.',
    'Этот хост неизвестен.',
    'Nieznany host.',
    'そのようなホストは不明です。',
    '不知道这样的主机。',
    '알려진 호스트가 없습니다.',
    'Bilinen böyle bir ana bilgisayar yok.',
  ],
};

const ROW: Readonly<Record<string, KnownMessageId>> = {
  '10061': 'tcp.actively-refused',
  '10054': 'data.connection-reset',
  '10060': 'tcp.did-not-respond',
  '10053': 'data.connection-reset',
  '11001': 'dns.no-such-host',
};

const CASES = Object.entries(TEXTS).flatMap(([number, texts]) => texts.map((text) => [number, text] as const));

describe('texts of Windows in other languages', () => {
  it.each(CASES)('%s: %s', (number, text) => {
    const id = ROW[number];
    expect(findKnownMessage(text)?.row.id).toBe(id);
    expect(findKnownMessage(`System.Net.Sockets.SocketException (0x80004005): ${text}`)?.row.id).toBe(id);
    // Composed or not, in upper case, without accents, with a no-break space.
    expect(findKnownMessage(text.normalize('NFD'))?.row.id).toBe(id);
    expect(findKnownMessage(text.replaceAll(' ', '\u00a0'))?.row.id).toBe(id);
    expect(findKnownMessage(text.normalize('NFD').replaceAll(/\p{M}/gu, ''))?.row.id).toBe(id);
  });

  it.each(CASES.filter(([number]) => number !== '11001'))('%s with the address behind it: %s', (_, text) => {
    const message = `2024-03-05 10:15:20.1234   4508     27 ERROR  ${text.replace(/[.。]$/, '')} 192.0.2.20:10943`;
    expect(findKnownMessage(message)?.seen).toMatchObject({ host: '192.0.2.20', port: '10943' });
  });

  it('in the middle of a message of Halibut belong to the same row as the English text', () => {
    const message = (text: string): string =>
      `An error occurred when sending a request to 'https://web01:10933/', after the request began: Unable to write data to the transport connection: ${text}.`;
    for (const text of TEXTS[10054] ?? []) expect(findKnownMessage(message(text))?.row.id).toBe('data.write-cut');
  });

  it('leave other text as it is', () => {
    for (const text of ['Zażółć gęślą jaźń', 'Der Host ist bekannt', 'Nieznany hostname x', 'äöü 東京', 'plain'])
      expect(translateSocketTexts(text)).toBe(text);
  });
});
