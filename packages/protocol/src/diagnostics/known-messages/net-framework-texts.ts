/** A text of Windows or .NET in other languages. */
export interface ForeignText {
  /** The English text that the known messages contain. */
  readonly english: string;
  /**
   * The characteristic part of the text in other languages, with as few accented letters as possible: logs that were
   * written in one encoding and read in another lose those.
   */
  readonly parts: readonly string[];
}

/**
 * Texts of .NET Framework and Windows in other languages: .NET Framework prints its own messages in the language of the
 * system, too, where its language pack is installed. Each part is the constant beginning of the text in one language.
 */
export const NET_FRAMEWORK_TEXTS: readonly ForeignText[] = [
  {
    english: 'Unable to connect to the remote server',
    parts: [
      'Die Verbindung mit dem Remoteserver kann nicht hergestellt werden',
      'Impossible de se connecter au serveur distant',
      'No es posible conectar con el servidor remoto',
      'Impossibile effettuare la connessione al server remoto',
      'Impossível conectar-se ao servidor remoto',
      'Kan geen verbinding maken met de externe server',
      'Невозможно соединиться с удаленным сервером',
      'Nie można połączyć się z serwerem zdalnym',
      'リモート サーバーに接続できません',
      '无法连接到远程服务器',
    ],
  },
  {
    english: 'The remote name could not be resolved',
    parts: [
      'Der Remotename konnte nicht aufgelöst werden',
      "Le nom distant n'a pas pu être résolu",
      'No se puede resolver el nombre remoto',
      'Impossibile risolvere il nome remoto',
      'O nome remoto não pôde ser resolvido',
      'De externe naam kan niet worden omgezet',
      'Невозможно разрешить удаленное имя',
      'Nie można rozpoznać nazwy zdalnej',
      'リモート名を解決できませんでした',
      '未能解析此远程名称',
    ],
  },
  {
    english: 'Could not create SSL/TLS secure channel',
    parts: [
      'Es konnte kein geschützter SSL/TLS-Kanal erstellt werden',
      'Impossible de créer un canal sécurisé SSL/TLS',
      'No se puede crear un canal seguro SSL/TLS',
      'Impossibile creare un canale sicuro SSL/TLS',
      'Não foi possível criar um canal seguro para SSL/TLS',
      'Не удалось создать защищенный канал SSL/TLS',
      'nie można utworzyć bezpiecznego kanału SSL/TLS',
      '未能创建 SSL/TLS 安全通道',
    ],
  },
  {
    english: 'The remote certificate is invalid according to the validation procedure',
    parts: [
      'Das Remotezertifikat ist laut Validierungsverfahren ungültig',
      "Le certificat distant n'est pas valide selon la procédure de validation",
      'El certificado remoto no es válido según el procedimiento de validación',
      'Удаленный сертификат недействителен согласно результатам проверки подлинности',
      '根据验证过程,远程证书无效',
    ],
  },
  {
    english: 'The underlying connection was closed: An unexpected error occurred on a send',
    parts: [
      'Die zugrunde liegende Verbindung wurde geschlossen: Unerwarteter Fehler',
      'La connexion sous-jacente a été fermée : Une erreur inattendue',
      'Se ha terminado la conexión: Error inesperado',
      'Connessione sottostante chiusa: Errore imprevisto',
      'A conexão subjacente estava fechada: Erro inesperado',
      'Базовое соединение закрыто: Непредвиденная ошибка',
      '基础连接已经关闭: 发送时发生错误',
      '基础连接已经关闭: 接收时发生错误',
    ],
  },
  {
    english: 'The remote server returned an error: (',
    parts: [
      'Der Remoteserver hat einen Fehler zurückgegeben: (',
      'Le serveur distant a retourné une erreur : (',
      'Error en el servidor remoto: (',
      'Errore del server remoto: (',
      'O servidor remoto retornou um erro: (',
      'De externe server heeft een fout geretourneerd: (',
      'Удаленный сервер возвратил ошибку: (',
      'Serwer zdalny zwrócił błąd: (',
      'リモート サーバーがエラーを返しました: (',
      '远程服务器返回错误: (',
    ],
  },
  {
    english: 'WebException: The operation has timed out',
    parts: [
      'WebException: Timeout für Vorgang überschritten',
      "WebException: Le délai d'attente de l'opération a expiré",
      'WebException: Se excedió el tiempo de espera de la operación',
      'WebException: Время ожидания операции истекло',
      'WebException: 操作超时',
    ],
  },
  {
    english: 'Unable to read data from the transport connection',
    parts: [
      'Von der Übertragungsverbindung können keine Daten gelesen werden',
      'Impossible de lire les données de la connexion de transport',
      'No se pueden leer los datos de la conexión de transporte',
      'Impossibile leggere i dati dalla connessione del trasporto',
      'Não é possível ler dados da conexão de transporte',
      'Не удается прочитать данные из транспортного соединения',
      '無法從傳輸連接讀取資料',
      '无法从传输连接中读取数据',
      '転送接続からデータを読み取れません',
    ],
  },
  {
    english: 'A call to SSPI failed, see inner exception',
    parts: [
      'Fehler bei SSPI-Aufruf, siehe interne Ausnahme',
      "Échec d'un appel à SSPI, consultez l'exception interne",
      'Error de una llamada a SSPI, consulte la excepción interna',
      'Сбой при вызове SSPI, см. внутреннее исключение',
      '调用 SSPI 失败,请参见内部异常',
    ],
  },
  {
    english: 'Authentication failed because the remote party has closed the transport stream',
    parts: [
      'Fehler bei der Authentifizierung, da die Gegenseite den Transportstream geschlossen hat',
      '由于远程方已关闭传输流,身份验证失败',
    ],
  },
  {
    english: 'because they do not possess a common algorithm',
    parts: ['car ils ne possèdent pas un algorithme commun', '因为它们没有共同的算法', '因為它們沒有共同的演算法'],
  },
  {
    english: 'The function requested is not supported',
    parts: ['要求的函数不受支持', 'Die angeforderte Funktion wird nicht unterstützt'],
  },
  {
    english: 'An attempt was made to access a socket in a way forbidden by its access permissions',
    parts: [
      'Der Zugriff auf einen Socket war aufgrund der Zugriffsrechte des Sockets unzulässig',
      '以一种访问权限不允许的方式做了一个访问套接字的尝试',
    ],
  },
  {
    english: 'Only one usage of each socket address',
    parts: [
      'Normalerweise darf jede Socketadresse',
      'Une seule utilisation de chaque adresse de socket',
      'Solo se permite un uso de cada dirección de socket',
      'Обычно разрешается только одно использование адреса сокета',
      '通常每个套接字地址',
    ],
  },
];
